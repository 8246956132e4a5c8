// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that what benchmarks need never enters the product; it sees public API only: what
// users call.
let core: [Target.Dependency] = [.product(name: "TidemarkCore", package: "tidemark"), "BenchmarkKit"]
let package = Package(
    name: "TidemarkBenchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "tidemark", path: "..")],
    targets: [
        .target(name: "CAllocationCounter"),
        .target(
            name: "BenchmarkKit",
            dependencies: ["CAllocationCounter", .product(name: "TidemarkCore", package: "tidemark")]),
        .executableTarget(name: "decode", dependencies: core),
        .executableTarget(name: "append", dependencies: core),
        .executableTarget(name: "observe", dependencies: core),
        .executableTarget(name: "replay", dependencies: core),
        .executableTarget(
            name: "simulate", dependencies: [.product(name: "TidemarkTestKit", package: "tidemark")]),
        .executableTarget(
            name: "generate", dependencies: core + [.product(name: "TidemarkTestKit", package: "tidemark")]),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.name != "CAllocationCounter" {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
    ]
}
