import Testing

/// The checker itself: it must refuse what Prometheus refuses.
@Suite("Checker of the text format")
struct ExpositionReadingTests {
    @Test(arguments: [
        "# TYPE a counter\na 1",
        "# TYPE a counter\na{x=\"1} 1\n",
        "# TYPE a counter\na{x=\"1\",x=\"2\"} 1\n",
        "# TYPE a counter\na{x=\"\\q\"} 1\n",
        "# TYPE a counter\na 1\na 2\n",
        "# TYPE a counter\n# TYPE a counter\na 1\n",
        "# TYPE a counter\nb 1\n",
        "# TYPE a counter\na one\n",
        "# TYPE a.b counter\na.b 1\n",
        "# TYPE a counter\n# HELP a late\na 1\n",
        "# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n",
        "# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 2\n",
        "# TYPE a histogram\na_bucket{le=\"1\"} 1\na_sum 1\na_count 1\n",
    ])
    func refuses(_ text: String) {
        #expect(throws: ExpositionReading.Malformed.self) { try ExpositionReading(text) }
    }
}
