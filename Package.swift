// swift-tools-version: 6.2
import PackageDescription

/// Every target compiles in Swift 6 mode, with warnings as errors and `any` spelled out.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

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

let package = Package(
    name: "scorecast",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .executable(name: "scorecast", targets: ["scorecast"]),
        .library(name: "ScorecastClient", targets: ["ScorecastClient"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-configuration.git", from: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift.git", from: "0.2.0"),
        .package(url: "https://github.com/vapor/jwt-kit.git", from: "5.7.0"),
    ],
    targets: [
        // The C libraries, as module maps.
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"]), .brew(["hiredis"])]),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),

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
                .embedInCode("../../lua/open.lua"),
                .embedInCode("../../lua/page.lua"),
                .embedInCode("../../lua/probe.lua"),
                .embedInCode("../../lua/receipt.lua"),
                .embedInCode("../../migrations/0001_initial.sql"),
                .embedInCode("../../migrations/0002_suspicions.sql"),
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
                .embedInCode("../../web/scorecast/room.js"),
                .embedInCode("../../web/scorecast/settings.js"),
                .embedInCode("../../web/scorecast/standings.js"),
                .embedInCode("../../web/scorecast/timers.js"),
                .embedInCode("../../web/scorecast/waits.js"),
                .embedInCode("../../web/state.js"),
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
                "API", "Gateway", "Persister", "Storage", "Signing", "Leaderboard", "RedisClient", "PostgresClient",
                "Listener",
                "StrictJSON",
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
            dependencies: nio + ["RedisClient", logging, .product(name: "NIOEmbedded", package: "swift-nio")],
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
                "Storage", "Leaderboard", "RedisClient", "PostgresClient", "LocalServers", "TestSupport", logging,
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
                "Listener", nioHTTP, hummingbird, logging, lifecycle,
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
                "API", "CZlib", "Gateway", "Leaderboard", "Listener", "Operations", "RedisClient", "Signing",
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
                "Operations", "Signing", "TestSupport", logging, metrics, lifecycle, nioHTTP,
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
