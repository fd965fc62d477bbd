/// What this program calls itself, in `User-Agent`, records and metrics.
package enum SallyportVersion {
    package static let text = "0.1.0"
}
