import YAMLReading

extension ConfigurationReader {
    func listener(_ section: YAMLMapping) -> Configuration.Listener {
        section.require("publicURL")
        return Configuration.Listener(
            host: section.string("host") ?? "0.0.0.0",
            port: section.integer("port", in: 0...65_535) ?? 8443,
            eventLoops: section.integer("eventLoops", in: 1...256),
            publicURL: origin(section, "publicURL") ?? HTTPSAddress(knownHost: "localhost"),
            tls: tls(section.section("tls")),
            limits: limits(section.section("limits")))
    }

    private func tls(_ section: YAMLMapping) -> Configuration.TLS {
        let clientCertificates: Configuration.TLS.ClientCertificates = section.choice("clientCertificates") ?? .none
        let trustRoots = readableFile(section, "clientTrustRoots")
        if clientCertificates != .none, !section.has("clientTrustRoots") {
            section.error(
                "clientCertificates",
                "is '\(clientCertificates.rawValue)', so '\(section.name(of: "clientTrustRoots"))' must be set")
        }
        return Configuration.TLS(
            certificateChain: readableFile(section, "certificateChain", default: "/etc/sallyport/tls/tls.crt"),
            privateKey: readableFile(section, "privateKey", default: "/etc/sallyport/tls/tls.key"),
            clientCertificates: clientCertificates,
            clientTrustRoots: clientCertificates == .none ? nil : trustRoots)
    }

    private func limits(_ section: YAMLMapping) -> Configuration.Limits {
        Configuration.Limits(
            headerBytes: section.integer("headerBytes", in: 1024...1_048_576) ?? 32_768,
            bodyBytes: section.integer("bodyBytes", in: 1024...16_777_216) ?? 1_048_576,
            connections: section.integer("connections", in: 1...1_000_000) ?? 4096,
            streams: section.integer("streams", in: 1...10_000) ?? 100,
            idleSeconds: section.integer("idleSeconds", in: 1...3600) ?? 60,
            requestSeconds: section.integer("requestSeconds", in: 1...3600) ?? 30)
    }

    func management(_ section: YAMLMapping) -> Configuration.Management {
        let host = section.string("host") ?? "127.0.0.1"
        let isLoopback = host == "localhost" || host == "::1" || host.hasPrefix("127.")
        if !isLoopback {
            section.warning("host", "is not a loopback address: health and metrics need no sign-in there")
        }
        return Configuration.Management(host: host, port: section.integer("port", in: 0...65_535) ?? 9090)
    }
}
