// swift-tools-version: 6.2
import PackageDescription

/// Every target compiles in Swift 6 mode, with `any` spelled out. For those who work on it, warnings are errors
/// (`SCORECAST_STRICT=1`, which continuous integration sets); a user's compiler may be newer, and know more warnings.
let isStrict = Context.environment["SCORECAST_STRICT"] == "1"
let strict: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ] + (isStrict ? [.treatAllWarnings(as: .error)] : [])

/// The commit that the binary tells (`--version`): set by `./dev` and the image, since a build folder may have no git.
let commit = (Context.environment["SCORECAST_COMMIT"] ?? "").filter {
    $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-")
}

let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
]
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let nioHTTP: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")

/// A package at exactly this version, so that the same sources give the same binary (scripts/versions.txt holds what these
/// packages need in turn). For an app that uses `ScorecastClient`, and has dependencies of its own to agree with, at least
/// this version: SwiftPM and Xcode keep dependencies in a folder `checkouts`.
func github(
    _ name: String, _ version: Version, traits: Set<Package.Dependency.Trait> = [.defaults]
) -> Package.Dependency {
    let url = "https://github.com/\(name).git"
    let isDependency = Context.packageDirectory.contains("/checkouts/")
    return isDependency
        ? .package(url: url, from: version, traits: traits) : .package(url: url, exact: version, traits: traits)
}

let package = Package(
    name: "scorecast",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .executable(name: "scorecast", targets: ["scorecast"]),
        .library(name: "ScorecastClient", targets: ["ScorecastClient"]),
    ],
    dependencies: [
        github("apple/swift-nio", "2.101.2"),
        github("apple/swift-nio-ssl", "2.37.6"),
        github("apple/swift-nio-extras", "1.35.2"),
        github("apple/swift-http-types", "1.8.0"),
        github("apple/swift-crypto", "4.5.2"),
        github("apple/swift-log", "1.16.2"),
        github("apple/swift-metrics", "2.13.0"),
        github("apple/swift-collections", "1.6.0"),
        github("apple/swift-argument-parser", "1.8.2"),
        github("apple/swift-configuration", "1.4.0", traits: ["YAML"]),
        github("swift-server/swift-service-lifecycle", "2.13.0"),
        github("swift-server/async-http-client", "1.37.0"),
        github("hummingbird-project/hummingbird", "2.28.1"),
        github("HdrHistogram/hdrhistogram-swift", "0.2.0"),
        github("vapor/jwt-kit", "5.7.1"),
    ],
    targets: [
        // The C libraries, as module maps.
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"]), .brew(["hiredis"])]),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),

        // A file of its own, so that a new commit compiles nothing else.
        .target(name: "CBuildInfo", cSettings: [.define("SCORECAST_COMMIT", to: "\"\(commit)\"")]),

        // Pure: no I/O, no clock.
        .target(name: "StrictJSON", swiftSettings: strict),
        .target(name: "Leaderboard", swiftSettings: strict),
        .target(
            name: "Signing",
            dependencies: [
                "StrictJSON",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "JWTKit", package: "jwt-kit"),
            ],
            swiftSettings: strict
        ),

        // What operators are told, without floods.
        .target(name: "Reporting", dependencies: [logging], swiftSettings: strict),

        // The two stores' clients.
        .target(
            name: "RedisClient",
            dependencies: nio + [
                "CHiredis", logging, metrics, lifecycle,
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "PostgresClient",
            dependencies: [
                "CLibPQ", logging, metrics,
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: strict
        ),

        // The ports of `Leaderboard`, on the two clients.
        .target(
            name: "Storage",
            dependencies: nio + [
                "Leaderboard", "RedisClient", "PostgresClient", "StrictJSON", logging, metrics, lifecycle,
            ],
            resources: [
                .embedInCode("../../lua/apply.lua"),
                .embedInCode("../../lua/boards.lua"),
                .embedInCode("../../lua/open.lua"),
                .embedInCode("../../lua/page.lua"),
                .embedInCode("../../lua/probe.lua"),
                .embedInCode("../../lua/rights.lua"),
                .embedInCode("../../lua/receipt.lua"),
                .embedInCode("../../lua/retop.lua"),
                .embedInCode("../../migrations/0001_initial.sql"),
                .embedInCode("../../migrations/0002_suspicions.sql"),
                .embedInCode("../../migrations/0003_deployment.sql"),
                .embedInCode("../../migrations/0004_dead_letters.sql"),
            ],
            swiftSettings: strict
        ),

        // The three roles.
        .target(
            name: "Listener",
            dependencies: nio + [
                "StrictJSON", nioHTTP, hummingbird, lifecycle, logging, metrics,
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOExtras", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "API",
            dependencies: nio + [
                "Leaderboard", "Signing", "StrictJSON", "Listener", "Reporting", nioHTTP, hummingbird, logging, metrics,
                lifecycle,
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            resources: [.embedInCode("../../openapi/openapi.json")],
            swiftSettings: strict
        ),
        .target(
            name: "Gateway",
            dependencies: nio + [
                "CZlib", "Leaderboard", "Signing", "StrictJSON", "Listener", nioHTTP, hummingbird, logging, metrics,
                lifecycle,
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            resources: [
                .embedInCode("../../web/index.html"),
                .embedInCode("../../web/scoreboard.css"),
                .embedInCode("../../web/scoreboard.js"),
                .embedInCode("../../web/scorecast.d.ts"),
                .embedInCode("../../web/scorecast.js"),
                .embedInCode("../../web/scorecast/connection.js"),
                .embedInCode("../../web/scorecast/errors.js"),
                .embedInCode("../../web/scorecast/page-events.js"),
                .embedInCode("../../web/scorecast/refusal.js"),
                .embedInCode("../../web/scorecast/room.js"),
                .embedInCode("../../web/scorecast/settings.js"),
                .embedInCode("../../web/scorecast/source.js"),
                .embedInCode("../../web/scorecast/standings.js"),
                .embedInCode("../../web/scorecast/timers.js"),
                .embedInCode("../../web/scorecast/waits.js"),
                .embedInCode("../../web/state.js"),
                .embedInCode("../../web/tower.css"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Persister",
            dependencies: ["Leaderboard", "Reporting", logging, metrics, lifecycle],
            swiftSettings: strict
        ),

        // Putting it together.
        .target(
            name: "Operations",
            dependencies: nio + [
                "API", "CBuildInfo", "Gateway", "Persister", "Storage", "Signing", "Leaderboard", "RedisClient",
                "PostgresClient", "Listener", "Reporting", "StrictJSON",
                hummingbird, logging, metrics, lifecycle, nioHTTP,
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
            ],
            swiftSettings: strict
        ),
        // For apps (iOS, macOS, Linux) and the load harness: no server target, no C library of ours.
        .target(
            name: "ScorecastClient",
            dependencies: [
                "StrictJSON", nioHTTP, logging,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict
        ),
        .target(name: "LocalServers", swiftSettings: strict),
        .target(
            name: "LoadTest",
            dependencies: [
                "ScorecastClient", "StrictJSON", logging, lifecycle, nioHTTP,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "scorecast",
            dependencies: [
                "Operations", "LocalServers", "LoadTest", "Signing", lifecycle, logging, metrics,
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),

        // The gateway's WebSocket pipeline as an echo, for conformance suites. Not part of a release.
        .executableTarget(
            name: "ws-echo",
            dependencies: nio + [
                "Gateway", "Listener", hummingbird, logging, lifecycle,
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),

        // Tests run against a real Redis and Postgres, which `TestSupport` starts.
        .target(name: "TestSupport", dependencies: ["LocalServers"], path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(name: "StrictJSONTests", dependencies: ["StrictJSON"], swiftSettings: strict),
        .testTarget(name: "LeaderboardTests", dependencies: ["Leaderboard"], swiftSettings: strict),
        .testTarget(name: "ReportingTests", dependencies: ["Reporting", logging], swiftSettings: strict),
        .testTarget(
            name: "SigningTests",
            dependencies: [
                "Signing",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "JWTKit", package: "jwt-kit"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RedisClientTests",
            dependencies: nio + [
                "RedisClient", "TestSupport", logging, .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PostgresClientTests",
            dependencies: ["PostgresClient", logging, .product(name: "MetricsTestKit", package: "swift-metrics")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "StorageTests",
            dependencies: nio + [
                "Storage", "Leaderboard", "RedisClient", "PostgresClient", "LocalServers", "StrictJSON", "TestSupport",
                logging,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PersisterTests",
            dependencies: nio + [
                "Persister", "Storage", "Leaderboard", "RedisClient", "PostgresClient", "LocalServers", "TestSupport",
                logging, lifecycle,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ListenerTests",
            dependencies: nio + [
                "Listener", "TestSupport", nioHTTP, hummingbird, logging, lifecycle,
                .product(name: "HummingbirdCore", package: "hummingbird"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "APITests",
            dependencies: nio + [
                "API", "Leaderboard", "Listener", "Signing", "TestSupport", nioHTTP, logging, lifecycle,
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "GatewayTests",
            dependencies: nio + [
                "API", "CZlib", "Gateway", "Leaderboard", "Listener", "LocalServers", "Operations", "RedisClient",
                "Signing",
                "Storage", "StrictJSON", "TestSupport", nioHTTP, hummingbird, logging, lifecycle,
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "OperationsTests",
            dependencies: nio + [
                "Operations", "Signing", "Storage", "TestSupport", logging, metrics, lifecycle, nioHTTP,
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ScorecastClientTests",
            dependencies: nio + [
                "ScorecastClient", "StrictJSON", "TestSupport", nioHTTP,
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LoadTestTests", dependencies: ["LoadTest", "ScorecastClient", "StrictJSON"], swiftSettings: strict),
        .testTarget(name: "LocalServersTests", dependencies: ["LocalServers", "TestSupport"], swiftSettings: strict),
        // The real binary, as several processes.
        .testTarget(
            name: "EndToEndTests",
            dependencies: nio + [
                "scorecast", "ws-echo", "ScorecastClient", "Signing", "LocalServers", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
    ]
)
