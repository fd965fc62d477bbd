import Foundation

/// Reads the text format as strictly as its definition allows, to hold what we print against it.
struct ExpositionReading {
    struct Malformed: Error, CustomStringConvertible {
        var description: String
    }

    struct Sample {
        var name: String
        var labels: [String: String]
        var value: Double
    }

    var kinds: [String: String] = [:]
    var helps: [String: String] = [:]
    var samples: [Sample] = []

    init(_ text: String) throws {
        guard text.isEmpty || text.hasSuffix("\n") else { throw Malformed(description: "no line feed at the end") }
        var current = ""
        var finished: Set<String> = []
        var seen: Set<String> = []
        // By bytes: Swift sees CR LF as one Character and would not split there.
        for bytes in text.utf8.split(separator: UInt8(ascii: "\n")) {
            let line = String(decoding: bytes, as: UTF8.self)
            if let help = line.wholeMatch(of: /# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)/.dotMatchesNewlines()) {
                guard self.kinds[String(help.1)] == nil else { throw Malformed(description: "late: \(line)") }
                guard self.helps.updateValue(String(help.2), forKey: String(help.1)) == nil else {
                    throw Malformed(description: "twice: \(line)")
                }
            } else if let type = line.wholeMatch(of: /# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)/) {
                guard self.kinds.updateValue(String(type.2), forKey: String(type.1)) == nil else {
                    throw Malformed(description: "twice: \(line)")
                }
                finished.insert(current)
                current = String(type.1)
            } else {
                let sample = try Self.sample(line)
                let family = self.kinds[current] == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
                guard family.contains(where: { current + $0 == sample.name }), !finished.contains(current) else {
                    throw Malformed(description: "outside its metric: \(line)")
                }
                let identity = "\(sample.name) \(sample.labels.sorted { $0.key < $1.key })"
                guard seen.insert(identity).inserted else { throw Malformed(description: "twice: \(line)") }
                self.samples.append(sample)
            }
        }
        try self.checkHistograms()
    }

    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        self.samples.first { $0.name == name && $0.labels == labels }?.value
    }

    private static func sample(_ line: String) throws -> Sample {
        let form = /([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? ([^ ]+)/.dotMatchesNewlines()
        guard let parts = line.wholeMatch(of: form) else { throw Malformed(description: "no sample: \(line)") }
        let spelt: [String: Double] = ["+Inf": .infinity, "-Inf": -.infinity, "NaN": .nan]
        guard let value = spelt[String(parts.3)] ?? Double(String(parts.3)) else {
            throw Malformed(description: "no number: \(line)")
        }
        var labels: [String: String] = [:]
        var rest = parts.2.map(String.init) ?? ""
        let label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/.matchingSemantics(.unicodeScalar)
        while !rest.isEmpty {
            guard let found = rest.prefixMatch(of: label) else {
                throw Malformed(description: "no label: \(line)")
            }
            var text = ""
            var isEscaped = false
            for scalar in found.2.unicodeScalars {
                if isEscaped {
                    text.unicodeScalars.append(scalar == "n" ? "\n" : scalar)
                    isEscaped = false
                } else if scalar == "\\" {
                    isEscaped = true
                } else {
                    text.unicodeScalars.append(scalar)
                }
            }
            guard labels.updateValue(text, forKey: String(found.1)) == nil else {
                throw Malformed(description: "label twice: \(line)")
            }
            rest = String(rest[found.range.upperBound...])
        }
        return Sample(name: String(parts.1), labels: labels, value: value)
    }

    /// Buckets grow, end with `+Inf`, and the last equals the count.
    private func checkHistograms() throws {
        for (name, _) in self.kinds where self.kinds[name] == "histogram" {
            var last: [[String: String]: (bound: Double, count: Double)] = [:]
            for sample in self.samples where sample.name == name + "_bucket" {
                var labels = sample.labels
                let text = labels.removeValue(forKey: "le") ?? ""
                guard let bound = text == "+Inf" ? Double.infinity : Double(text) else {
                    throw Malformed(description: "\(name): le is \(text)")
                }
                if let before = last[labels], before.bound >= bound || before.count > sample.value {
                    throw Malformed(description: "\(name): buckets do not grow at \(bound)")
                }
                last[labels] = (bound, sample.value)
            }
            for (labels, end) in last {
                guard end.bound == .infinity, self.value(name + "_count", labels) == end.count,
                    self.value(name + "_sum", labels) != nil
                else { throw Malformed(description: "\(name): no +Inf, count or sum") }
            }
        }
    }
}
