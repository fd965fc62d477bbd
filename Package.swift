// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"), .treatAllWarnings(as: .error),
    // Async functions stay on their caller's executor: a request never leaves its event loop for a call.
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    // The pure core is called from other modules on every request.
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

/// One target of this package: the targets it stands on, and the products of other packages it needs.
struct Module {
    var name: String
    var on: [String] = []
    var products: [(String, String)] = []
    var kind = Kind.library
    /// Folder of its sources, where it is not the usual one.
    var path: String?
    enum Kind { case library, c, executable, test }
}

// From the pure core outwards: each entry uses only what stands above it.
let modules: [Module] = [
    Module(name: "StrictJSON"),
    Module(name: "Redaction", on: ["StrictJSON"], products: [("Crypto", "swift-crypto")]),
    Module(name: "ARMModel", on: ["StrictJSON", "Redaction"], products: [("Crypto", "swift-crypto")]),
    Module(name: "PolicyCore", on: ["ARMModel", "Redaction"]),
    Module(
        name: "AuditModel", on: ["StrictJSON", "Redaction", "ARMModel", "PolicyCore"],
        products: [("Crypto", "swift-crypto")]),
    Module(
        name: "GatewayEnforcement", on: ["StrictJSON", "Redaction", "ARMModel", "PolicyCore", "AuditModel"],
        products: [("Crypto", "swift-crypto"), ("Logging", "swift-log"), ("Metrics", "swift-metrics")]),
    Module(name: "YAMLReading", products: [("Yams", "Yams")]),
    Module(
        name: "PolicyBundle", on: ["YAMLReading", "PolicyCore", "ARMModel", "Redaction"],
        products: [("Yams", "Yams"), ("Crypto", "swift-crypto")]),
    Module(name: "GatewayConfiguration", on: ["YAMLReading"], products: [("Yams", "Yams")]),
    Module(name: "CSQLiteSettings", kind: .c),
    Module(
        name: "AuditStore", on: ["StrictJSON", "ARMModel", "AuditModel", "GatewayEnforcement", "CSQLiteSettings"],
        products: [
            ("GRDB", "GRDB.swift"), ("GRDBSQLite", "GRDB.swift"), ("Crypto", "swift-crypto"), ("Logging", "swift-log"),
        ]),
    Module(name: "HTTPMessages"),
    Module(name: "TLSNames", products: [("NIOCore", "swift-nio"), ("NIOSSL", "swift-nio-ssl")]),
    Module(
        name: "GatewayIdentity", on: ["TLSNames", "PolicyCore", "ARMModel", "Redaction", "StrictJSON"],
        products: [
            ("Crypto", "swift-crypto"), ("CryptoExtras", "swift-crypto"), ("X509", "swift-certificates"),
            ("SwiftASN1", "swift-asn1"), ("AsyncHTTPClient", "async-http-client"), ("Logging", "swift-log"),
            ("NIOCore", "swift-nio"), ("NIOHTTP1", "swift-nio"), ("NIOSSL", "swift-nio-ssl"),
        ]),
    Module(
        name: "ARMUpstream", on: ["HTTPMessages", "Redaction", "TLSNames"],
        products: [
            ("NIOCore", "swift-nio"), ("NIOPosix", "swift-nio"), ("NIOHTTP1", "swift-nio"), ("NIOTLS", "swift-nio"),
            ("NIOSSL", "swift-nio-ssl"), ("AsyncHTTPClient", "async-http-client"),
        ]),
    Module(
        name: "ScriptFetching", on: ["ARMModel", "Redaction", "TLSNames"],
        products: [
            ("NIOCore", "swift-nio"), ("NIOPosix", "swift-nio"), ("NIOHTTP1", "swift-nio"), ("NIOTLS", "swift-nio"),
            ("NIOSSL", "swift-nio-ssl"),
        ]),
    Module(
        name: "GatewayListener", on: ["HTTPMessages"],
        products: [
            ("HummingbirdCore", "hummingbird"), ("NIOCore", "swift-nio"), ("NIOPosix", "swift-nio"),
            ("NIOHTTP1", "swift-nio"), ("NIOHTTP2", "swift-nio-http2"), ("NIOHPACK", "swift-nio-http2"),
            ("NIOSSL", "swift-nio-ssl"), ("NIOTLS", "swift-nio"), ("NIOExtras", "swift-nio-extras"),
            ("Logging", "swift-log"), ("ServiceLifecycle", "swift-service-lifecycle"),
        ]),
    Module(
        name: "GatewayTelemetry", on: ["ARMModel", "PolicyCore", "GatewayEnforcement"],
        products: [("Metrics", "swift-metrics"), ("CoreMetrics", "swift-metrics"), ("Logging", "swift-log")]),
    Module(
        name: "GatewayServer",
        on: [
            "GatewayTelemetry", "StrictJSON", "Redaction", "ARMModel", "PolicyCore", "AuditModel", "GatewayEnforcement",
            "PolicyBundle",
            "GatewayConfiguration", "AuditStore", "GatewayIdentity", "ARMUpstream", "ScriptFetching", "GatewayListener",
            "HTTPMessages", "YAMLReading",
        ],
        products: [
            ("Hummingbird", "hummingbird"), ("HTTPTypes", "swift-http-types"), ("Logging", "swift-log"),
            ("Metrics", "swift-metrics"), ("CoreMetrics", "swift-metrics"), ("NIOCore", "swift-nio"),
            ("NIOPosix", "swift-nio"), ("NIOSSL", "swift-nio-ssl"),
            ("ServiceLifecycle", "swift-service-lifecycle"), ("UnixSignals", "swift-service-lifecycle"),
            ("Crypto", "swift-crypto"), ("AsyncHTTPClient", "async-http-client"),
        ]),
    Module(
        name: "ARMSimulator",
        products: [
            ("Hummingbird", "hummingbird"), ("HummingbirdCore", "hummingbird"), ("HummingbirdTLS", "hummingbird"),
            ("HTTPTypes", "swift-http-types"), ("NIOCore", "swift-nio"), ("NIOPosix", "swift-nio"),
            ("NIOSSL", "swift-nio-ssl"), ("Crypto", "swift-crypto"), ("CryptoExtras", "swift-crypto"),
            ("Logging", "swift-log"), ("ServiceLifecycle", "swift-service-lifecycle"),
            ("UnixSignals", "swift-service-lifecycle"), ("ArgumentParser", "swift-argument-parser"),
        ]),
    Module(
        name: "SallyportCommand",
        on: [
            "StrictJSON", "Redaction", "ARMModel", "PolicyCore", "AuditModel", "PolicyBundle", "GatewayConfiguration",
            "AuditStore", "GatewayServer", "YAMLReading", "GatewayEnforcement",
        ],
        products: [
            ("ArgumentParser", "swift-argument-parser"), ("Crypto", "swift-crypto"), ("NIOHTTP1", "swift-nio"),
            ("Logging", "swift-log"),
            ("AsyncHTTPClient", "async-http-client"), ("NIOCore", "swift-nio"),
        ]),
    Module(name: "sallyport", on: ["SallyportCommand"], kind: .executable),
    Module(name: "arm-simulator", on: ["ARMSimulator"], kind: .executable),
    Module(
        name: "reading-benchmark", on: ["ARMModel", "StrictJSON"], kind: .executable,
        path: "Tests/Performance/reading"),
    Module(
        name: "GatewayTestSupport", on: ["PolicyCore", "ARMModel", "Redaction"],
        products: [
            ("X509", "swift-certificates"), ("SwiftASN1", "swift-asn1"), ("Crypto", "swift-crypto"),
            ("CryptoExtras", "swift-crypto"), ("JWTKit", "jwt-kit"), ("NIOSSL", "swift-nio-ssl"),
            ("NIOCore", "swift-nio"), ("NIOHTTP1", "swift-nio"),
        ]),

    // Tests, a target each.
    Module(name: "StrictJSONTests", on: ["StrictJSON"], kind: .test),
    Module(
        name: "RedactionTests", on: ["Redaction", "GatewayTestSupport"], products: [("Crypto", "swift-crypto")],
        kind: .test),
    Module(name: "ARMModelTests", on: ["ARMModel", "StrictJSON", "Redaction", "GatewayTestSupport"], kind: .test),
    Module(name: "PolicyCoreTests", on: ["PolicyCore", "ARMModel", "Redaction"], kind: .test),
    Module(
        name: "PolicyBundleTests", on: ["PolicyBundle", "PolicyCore", "ARMModel", "Redaction", "YAMLReading"],
        kind: .test
    ),
    Module(
        name: "AuditModelTests",
        on: ["AuditModel", "StrictJSON", "ARMModel", "PolicyCore", "Redaction", "GatewayTestSupport"], kind: .test),
    Module(
        name: "DifferentialTests", on: ["ARMModel", "StrictJSON", "AuditModel", "PolicyCore", "Redaction"], kind: .test),
    Module(
        name: "AuditStoreTests", on: ["AuditStore", "ARMModel", "AuditModel", "GatewayEnforcement", "StrictJSON"],
        products: [("GRDB", "GRDB.swift"), ("Crypto", "swift-crypto"), ("Logging", "swift-log")], kind: .test),
    Module(name: "HTTPMessagesTests", on: ["HTTPMessages"], kind: .test),
    Module(name: "TLSNamesTests", on: ["TLSNames"], kind: .test),
    Module(
        name: "GatewayIdentityTests",
        on: ["GatewayIdentity", "PolicyCore", "ARMModel", "Redaction", "GatewayTestSupport"],
        products: [
            ("JWTKit", "jwt-kit"), ("Crypto", "swift-crypto"), ("CryptoExtras", "swift-crypto"),
            ("Logging", "swift-log"), ("NIOCore", "swift-nio"), ("NIOPosix", "swift-nio"), ("NIOHTTP1", "swift-nio"),
            ("NIOSSL", "swift-nio-ssl"),
        ], kind: .test),
    Module(
        name: "ARMUpstreamTests", on: ["ARMUpstream", "HTTPMessages", "Redaction", "GatewayTestSupport"],
        products: [
            ("NIOCore", "swift-nio"), ("NIOPosix", "swift-nio"), ("NIOHTTP1", "swift-nio"), ("NIOSSL", "swift-nio-ssl"),
            ("NIOEmbedded", "swift-nio"), ("Logging", "swift-log"),
        ], kind: .test),
    Module(
        name: "ScriptFetchingTests", on: ["ScriptFetching", "ARMModel", "Redaction", "GatewayTestSupport"],
        products: [
            ("NIOCore", "swift-nio"), ("NIOPosix", "swift-nio"), ("NIOHTTP1", "swift-nio"), ("NIOSSL", "swift-nio-ssl"),
        ], kind: .test),
    Module(
        name: "GatewayListenerTests", on: ["GatewayListener", "HTTPMessages", "GatewayTestSupport"],
        products: [
            ("NIOCore", "swift-nio"), ("NIOPosix", "swift-nio"), ("NIOHTTP1", "swift-nio"), ("NIOSSL", "swift-nio-ssl"),
            ("NIOHTTP2", "swift-nio-http2"), ("HTTPTypes", "swift-http-types"), ("Logging", "swift-log"),
            ("AsyncHTTPClient", "async-http-client"), ("ServiceLifecycle", "swift-service-lifecycle"),
            ("X509", "swift-certificates"), ("Hummingbird", "hummingbird"), ("NIOEmbedded", "swift-nio"),
        ], kind: .test),
    Module(
        name: "GatewayTelemetryTests", on: ["GatewayTelemetry", "ARMModel", "PolicyCore"],
        products: [("Metrics", "swift-metrics"), ("CoreMetrics", "swift-metrics"), ("Logging", "swift-log")],
        kind: .test),
    Module(
        name: "SallyportCommandTests",
        on: [
            "SallyportCommand", "AuditStore", "AuditModel", "GatewayEnforcement", "GatewayTestSupport", "ARMModel",
            "PolicyCore", "Redaction", "GatewayConfiguration",
        ],
        products: [("Logging", "swift-log"), ("NIOCore", "swift-nio")], kind: .test),
    Module(name: "GatewayConfigurationTests", on: ["GatewayConfiguration", "YAMLReading"], kind: .test),
    Module(
        name: "GatewayEnforcementTests",
        on: [
            "GatewayEnforcement", "ARMModel", "PolicyCore", "AuditModel", "Redaction", "StrictJSON",
            "GatewayTestSupport",
        ], products: [("Logging", "swift-log"), ("Crypto", "swift-crypto")], kind: .test),
    Module(
        name: "ARMSimulatorTests", on: ["ARMSimulator", "GatewayTestSupport"],
        products: [
            ("AsyncHTTPClient", "async-http-client"), ("NIOCore", "swift-nio"), ("NIOSSL", "swift-nio-ssl"),
            ("Logging", "swift-log"), ("NIOFoundationCompat", "swift-nio"), ("JWTKit", "jwt-kit"),
            ("NIOHTTP1", "swift-nio"),
        ], kind: .test),
    Module(
        name: "ProcessTests", on: ["AuditStore", "GatewayTestSupport", "StrictJSON", "ARMSimulator"],
        products: [
            ("AsyncHTTPClient", "async-http-client"), ("NIOCore", "swift-nio"), ("NIOHTTP1", "swift-nio"),
            ("NIOSSL", "swift-nio-ssl"), ("Logging", "swift-log"),
        ], kind: .test),
    Module(
        name: "IntegrationTests",
        on: [
            "ARMSimulator", "GatewayTestSupport", "GatewayServer", "GatewayConfiguration", "AuditStore", "AuditModel",
            "StrictJSON", "ARMModel", "PolicyCore", "Redaction", "ScriptFetching",
        ],
        products: [
            ("AsyncHTTPClient", "async-http-client"), ("NIOCore", "swift-nio"), ("NIOSSL", "swift-nio-ssl"),
            ("Logging", "swift-log"), ("NIOFoundationCompat", "swift-nio"), ("GRDB", "GRDB.swift"),
            ("X509", "swift-certificates"), ("ServiceLifecycle", "swift-service-lifecycle"),
            ("NIOPosix", "swift-nio"), ("NIOHTTP1", "swift-nio"),
        ], kind: .test),
]

/// `SALLYPORT_ONLY=ARMUpstreamTests swift build --build-tests` builds one module and what it stands on.
let chosen: [Module] = {
    guard let only = Context.environment["SALLYPORT_ONLY"] else { return modules }
    var wanted: Set<String> = [only]
    for module in modules.reversed() where wanted.contains(module.name) { wanted.formUnion(module.on) }
    return modules.filter { wanted.contains($0.name) }
}()

let package = Package(
    name: "sallyport",
    platforms: [.macOS(.v15)],
    products: chosen.filter { $0.kind == .executable }.map { .executable(name: $0.name, targets: [$0.name]) },
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", exact: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", exact: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", exact: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", exact: "5.7.1"),
    ],
    targets: chosen.map { module in
        let dependencies =
            module.on.map { Target.Dependency.byName(name: $0) }
            + module.products.map { Target.Dependency.product(name: $0.0, package: $0.1) }
        switch module.kind {
        case .library: return .target(name: module.name, dependencies: dependencies, swiftSettings: strict)
        case .c: return .target(name: module.name)
        case .executable:
            return .executableTarget(
                name: module.name, dependencies: dependencies, path: module.path, swiftSettings: strict)
        case .test: return .testTarget(name: module.name, dependencies: dependencies, swiftSettings: strict)
        }
    },
    swiftLanguageModes: [.v6]
)
