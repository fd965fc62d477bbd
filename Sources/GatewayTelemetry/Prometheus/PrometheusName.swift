/// Brings names into the alphabet of the text format, which has no way to escape a name.
enum PrometheusName {
    /// `[A-Za-z_:][A-Za-z0-9_:]*`; anything else becomes `_`, so that `http.requests` is `http_requests`.
    static func metric(_ label: String) -> String { self.clean(label, allowsColon: true) }

    /// `[A-Za-z_][A-Za-z0-9_]*`. Names with two leading underscores belong to Prometheus, and `le` is a histogram's
    /// own label; both get another name.
    static func label(_ name: String) -> String {
        let cleaned = self.clean(name, allowsColon: false)
        if cleaned == "le" { return "le_" }
        guard cleaned.hasPrefix("__") else { return cleaned }
        return "_" + cleaned.drop { $0 == "_" }
    }

    private static func clean(_ name: String, allowsColon: Bool) -> String {
        var result = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "_": result.unicodeScalars.append(scalar)
            case "0"..."9":
                if result.isEmpty { result = "_" }
                result.unicodeScalars.append(scalar)
            case ":" where allowsColon: result.unicodeScalars.append(scalar)
            default: result.append("_")
            }
        }
        return result.isEmpty ? "_" : result
    }
}
