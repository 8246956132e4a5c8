// swift-tools-version: 6.2
import PackageDescription

// A package of its own, since a fuzzer has no `main` that the product's build could link. Its checks are also
// a test target of the main package, which feeds them every seed and every input that once was a crash.
let package = Package(
    name: "TidemarkFuzz",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "tidemark", path: "../..")],
    targets: [
        .target(name: "CFuzzDriver", path: "Driver"),
        .executableTarget(
            name: "fuzz",
            dependencies: [
                "CFuzzDriver",
                .product(name: "TidemarkCore", package: "tidemark"),
                .product(name: "TidemarkTestKit", package: "tidemark"),
            ],
            path: ".",
            exclude: ["Driver", "Checks/RegressionTests.swift", "regressions"],
            sources: ["Checks", "Harness"]),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.name == "fuzz" {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
    ]
}
