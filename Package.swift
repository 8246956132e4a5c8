// swift-tools-version: 6.2
import PackageDescription

/// With TIDEMARK_CORE_ONLY=1 the package is the command line alone, and what only `tidemarkd` needs is not
/// fetched: `make demo`, `make install`, the benchmarks and the fuzz targets build that way.
let isCoreOnly = Context.environment["TIDEMARK_CORE_ONLY"] == "1"

/// What `tidemarkd` needs beside the core; `tidemark` links none of it.
let serviceDependencies: [Package.Dependency] = [
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
    .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
]

let package = Package(
    name: "tidemark",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "tidemark", targets: ["tidemark"]),
        .executable(name: "tidemarkd", targets: ["tidemarkd"]),
        .library(
            name: "TidemarkCore",
            targets: [
                "UsageEvents", "Statistics", "EventLog", "Connectors", "Detection", "Alerting", "Pipeline",
            ]),
        .library(name: "TidemarkTestKit", targets: ["TidemarkTestKit"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ] + (isCoreOnly ? [] : serviceDependencies),
    targets: [
        .systemLibrary(
            name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
        .systemLibrary(name: "CIntrinsics"),
        .target(name: "UsageEvents", dependencies: ["CIntrinsics"]),
        .target(name: "Statistics"),
        .target(name: "EventLog", dependencies: ["UsageEvents", "CIntrinsics", "CZstd"]),
        .target(name: "Connectors", dependencies: ["UsageEvents", "CIntrinsics"]),
        .target(name: "Detection", dependencies: ["UsageEvents", "Statistics", "CIntrinsics"]),
        .target(name: "Alerting", dependencies: ["UsageEvents", "Detection"]),
        .target(
            name: "Pipeline",
            dependencies: [
                "UsageEvents", "Statistics", "EventLog", "Connectors", "Detection", "Alerting",
                .product(name: "Yams", package: "Yams"),
            ]
        ),
        .executableTarget(
            name: "tidemark",
            dependencies: [
                "Pipeline", "UsageEvents", "EventLog", "Detection", "Alerting",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        .target(
            name: "Sinks",
            dependencies: [
                "UsageEvents", "Detection", "Alerting", .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
        .target(
            name: "Service",
            dependencies: [
                "UsageEvents", "EventLog", "Alerting", "Pipeline", "Sinks",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(
                    name: "SystemPackage", package: "swift-system", condition: .when(platforms: [.linux])),
            ]
        ),
        .executableTarget(
            name: "tidemarkd",
            dependencies: [
                "Service", "Pipeline", "EventLog", "Alerting", "UsageEvents",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),
        .target(
            name: "TidemarkTestKit",
            dependencies: ["UsageEvents", "EventLog", "Connectors", "Detection", "Alerting", "Pipeline"]
        ),
        .testTarget(name: "UsageEventsTests", dependencies: ["UsageEvents", "TidemarkTestKit"]),
        .testTarget(name: "StatisticsTests", dependencies: ["Statistics", "UsageEvents", "TidemarkTestKit"]),
        .testTarget(name: "EventLogTests", dependencies: ["EventLog", "UsageEvents", "TidemarkTestKit"]),
        .testTarget(name: "ConnectorsTests", dependencies: ["Connectors", "UsageEvents", "TidemarkTestKit"]),
        .testTarget(
            name: "DetectionTests",
            dependencies: ["Detection", "Statistics", "UsageEvents", "TidemarkTestKit"]),
        .testTarget(
            name: "AlertingTests", dependencies: ["Alerting", "Detection", "UsageEvents", "TidemarkTestKit"]),
        .testTarget(
            name: "PipelineTests",
            dependencies: [
                "Pipeline", "EventLog", "Alerting", "Connectors", "Detection", "UsageEvents",
                "TidemarkTestKit",
            ]
        ),
        .testTarget(
            name: "SinksTests", dependencies: ["Sinks", "Alerting", "Detection", "UsageEvents"]),
        .testTarget(
            name: "ServiceTests",
            dependencies: [
                "Service", "Sinks", "Pipeline", "EventLog", "Alerting", "UsageEvents",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        .testTarget(name: "CommandLineTests", dependencies: ["tidemark", "TidemarkTestKit"]),
        .testTarget(name: "TidyTests", dependencies: ["TidemarkTestKit"]),
        // What `make fuzz` checks, without a fuzzer; the folder above is a package of its own.
        .testTarget(
            name: "FuzzTests",
            dependencies: [
                "Pipeline", "EventLog", "Alerting", "Connectors", "Detection", "UsageEvents",
                "TidemarkTestKit",
            ],
            path: "Tests/Fuzz/Checks"
        ),
    ],
    swiftLanguageModes: [.v6]
)

if isCoreOnly {
    let service: Set = ["Sinks", "Service", "tidemarkd", "SinksTests", "ServiceTests"]
    package.targets.removeAll { service.contains($0.name) }
    package.products.removeAll { service.contains($0.name) }
}

// One set of strict settings for every Swift target; `unsafe` then marks each place that needs a proof.
for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
    ]
}
