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
        // Node. The command line, and what puts a node together.
        .executableTarget(
            name: "scorecast",
            dependencies: [
                "Administration", "Keys", "LoadTest", "LocalServers", "Node", "Settings", "Signing", "Telemetry",
                logging, metrics, lifecycle, .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Sources/Node/scorecast",
            swiftSettings: strict
        ),
        .target(
            name: "Administration",
            dependencies: nio + [
                "Basics", "Keys", "Leaderboard", "Node", "PostgresClient", "RedisClient", "Settings", "Signing",
                "Storage", "StrictJSON", nioHTTP, logging,
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
            ],
            path: "Sources/Node/Administration",
            swiftSettings: strict
        ),
        .target(
            name: "Node",
            dependencies: nio + [
                "Access", "API", "Basics", "CBuildInfo", "Gateway", "HTTPKit", "Keys", "Leaderboard", "Listener",
                "Persister", "PostgresClient", "RedisClient", "Reporting", "Settings", "Signing", "Storage",
                "StrictJSON", "Telemetry", nioHTTP, hummingbird, logging, metrics, lifecycle,
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Sources/Node/Node",
            swiftSettings: strict
        ),
        .target(
            name: "Keys",
            dependencies: nio + [
                "Basics", "Settings", "Signing", nioHTTP, logging, metrics, lifecycle,
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Sources/Node/Keys",
            swiftSettings: strict
        ),
        .target(
            name: "Telemetry",
            dependencies: ["Basics", "Settings", logging, metrics],
            path: "Sources/Node/Telemetry",
            swiftSettings: strict
        ),
        .target(
            name: "Settings",
            dependencies: [
                "Basics", "PostgresClient", "RedisClient", "Signing", logging,
                .product(name: "Configuration", package: "swift-configuration"),
            ],
            path: "Sources/Node/Settings",
            swiftSettings: strict
        ),

        // Roles. A node has one or more of them. Roles see the stores through the ports of the domain, and never import
        // each other.
        .target(
            name: "API",
            dependencies: nio + [
                "Access", "Basics", "EventLoops", "HTTPKit", "Leaderboard", "Listener", "Reporting", "Signing",
                "StrictJSON", nioHTTP, hummingbird, logging, metrics, lifecycle,
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            path: "Sources/Roles/API",
            resources: [.embedInCode("../../../openapi/openapi.json")],
            swiftSettings: strict
        ),
        .target(
            name: "Gateway",
            dependencies: nio + [
                "Access", "Basics", "EventLoops", "HTTPKit", "Leaderboard", "Listener", "StrictJSON", "WebSocket",
                nioHTTP, hummingbird, logging, metrics, lifecycle,
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            path: "Sources/Roles/Gateway",
            resources: [
                .embedInCode("../../../web/index.html"),
                .embedInCode("../../../web/scoreboard.css"),
                .embedInCode("../../../web/scoreboard.js"),
                .embedInCode("../../../web/scorecast.d.ts"),
                .embedInCode("../../../web/scorecast.js"),
                .embedInCode("../../../web/scorecast/connection.js"),
                .embedInCode("../../../web/scorecast/errors.js"),
                .embedInCode("../../../web/scorecast/page-events.js"),
                .embedInCode("../../../web/scorecast/refusal.js"),
                .embedInCode("../../../web/scorecast/room.js"),
                .embedInCode("../../../web/scorecast/settings.js"),
                .embedInCode("../../../web/scorecast/source.js"),
                .embedInCode("../../../web/scorecast/standings.js"),
                .embedInCode("../../../web/scorecast/timers.js"),
                .embedInCode("../../../web/scorecast/waits.js"),
                .embedInCode("../../../web/state.js"),
                .embedInCode("../../../web/tower.css"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Persister",
            dependencies: ["Basics", "Leaderboard", "Reporting", logging, metrics, lifecycle],
            path: "Sources/Roles/Persister",
            swiftSettings: strict
        ),

        // Domain. Boards, windows, updates, tops, and the ports to the stores. Pure: no I/O, no clock.
        .target(
            name: "Leaderboard",
            dependencies: ["Basics"],
            path: "Sources/Domain/Leaderboard",
            swiftSettings: strict
        ),

        // Storage. The ports on Redis and Postgres: the only target that knows the domain and the stores.
        .target(
            name: "Storage",
            dependencies: nio + [
                "Basics", "EventLoops", "Leaderboard", "PostgresClient", "RedisClient", "StrictJSON", logging, metrics,
                lifecycle,
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

        // Base. The floors above stand on it; nothing here knows what a board is.
        .target(
            name: "Access",
            dependencies: nio + [
                "Basics", "EventLoops", "HTTPKit", "Signing", nioHTTP, hummingbird, metrics,
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            path: "Sources/Base/Access",
            swiftSettings: strict
        ),
        .target(
            name: "Listener",
            dependencies: nio + [
                "Basics", "HTTPKit", "StrictJSON", nioHTTP, hummingbird, logging, metrics, lifecycle,
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOExtras", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            path: "Sources/Base/Listener",
            swiftSettings: strict
        ),
        .target(
            name: "WebSocket",
            dependencies: nio + [
                "Basics", "CZlib", "HTTPKit", "StrictJSON", nioHTTP, .product(name: "Crypto", package: "swift-crypto"),
            ],
            path: "Sources/Base/WebSocket",
            swiftSettings: strict
        ),
        .target(
            name: "HTTPKit",
            dependencies: nio + [
                "Basics", "StrictJSON", nioHTTP, hummingbird, .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            path: "Sources/Base/HTTPKit",
            swiftSettings: strict
        ),
        .target(
            name: "Signing",
            dependencies: [
                "Basics", "StrictJSON", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "JWTKit", package: "jwt-kit"),
            ],
            path: "Sources/Base/Signing",
            swiftSettings: strict
        ),
        .target(
            name: "Reporting", dependencies: ["Basics", logging], path: "Sources/Base/Reporting", swiftSettings: strict),
        .target(name: "StrictJSON", path: "Sources/Base/StrictJSON", swiftSettings: strict),
        .target(name: "Basics", path: "Sources/Base/Basics", swiftSettings: strict),
        .target(name: "EventLoops", dependencies: nio, path: "Sources/Base/EventLoops", swiftSettings: strict),
        .target(
            name: "RedisClient",
            dependencies: nio + [
                "Basics", "CHiredis", "EventLoops", logging, metrics, lifecycle,
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            path: "Sources/Base/RedisClient",
            swiftSettings: strict
        ),
        .target(
            name: "PostgresClient",
            dependencies: [
                "Basics", "CLibPQ", logging, metrics, .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            path: "Sources/Base/PostgresClient",
            swiftSettings: strict
        ),
        .target(
            name: "CBuildInfo",
            path: "Sources/Base/C/CBuildInfo",
            cSettings: [.define("SCORECAST_COMMIT", to: "\"\(commit)\"")],
            swiftSettings: strict
        ),
        .systemLibrary(
            name: "CHiredis", path: "Sources/Base/C/CHiredis",
            providers: [.apt(["libhiredis-dev"]), .brew(["hiredis"])]),
        .systemLibrary(
            name: "CLibPQ", path: "Sources/Base/C/CLibPQ", pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .systemLibrary(
            name: "CZlib", path: "Sources/Base/C/CZlib", pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),

        // Tools. Beside the server: nothing above imports these, but the command line.
        .target(
            name: "ScorecastClient",
            dependencies: nio + [
                "Basics", "StrictJSON", nioHTTP, logging, .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            path: "Sources/Tools/ScorecastClient",
            swiftSettings: strict
        ),
        .target(
            name: "LoadTest",
            dependencies: nio + [
                "Basics", "ScorecastClient", "StrictJSON", nioHTTP, logging, lifecycle,
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            path: "Sources/Tools/LoadTest",
            swiftSettings: strict
        ),
        .target(name: "LocalServers", path: "Sources/Tools/LocalServers", swiftSettings: strict),
        .executableTarget(
            name: "ws-echo",
            dependencies: nio + [
                "HTTPKit", "Listener", "WebSocket", nioHTTP, hummingbird, logging, lifecycle,
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Sources/Tools/ws-echo",
            swiftSettings: strict
        ),

        // Tests run against a real Redis and Postgres, which `TestSupport` starts. They mirror the floors.
        .target(
            name: "NodeTestSupport",
            dependencies: ["Node", "Settings", "Telemetry"],
            path: "Tests/Node/NodeTestSupport",
            swiftSettings: strict
        ),
        .target(
            name: "TestSupport",
            dependencies: ["LocalServers", logging],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        .testTarget(
            name: "AdministrationTests",
            dependencies: ["Administration", "Storage"],
            path: "Tests/Node/AdministrationTests",
            swiftSettings: strict
        ),
        .testTarget(
            name: "NodeTests",
            dependencies: nio + ["Administration", "Node", "Settings", "Telemetry", "TestSupport", logging],
            path: "Tests/Node/NodeTests",
            swiftSettings: strict
        ),
        .testTarget(
            name: "KeysTests",
            dependencies: nio + [
                "Keys", "NodeTestSupport", "Settings", "Signing", "Telemetry", "TestSupport", nioHTTP, logging,
                .product(name: "Crypto", package: "swift-crypto"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            path: "Tests/Node/KeysTests",
            swiftSettings: strict
        ),
        .testTarget(
            name: "TelemetryTests",
            dependencies: ["Basics", "NodeTestSupport", "Settings", "Telemetry", "TestSupport", logging, metrics],
            path: "Tests/Node/TelemetryTests",
            swiftSettings: strict
        ),
        .testTarget(
            name: "SettingsTests",
            dependencies: ["Basics", "Gateway", "Node", "NodeTestSupport", "Settings", "TestSupport", logging],
            path: "Tests/Node/SettingsTests",
            swiftSettings: strict
        ),
        .testTarget(
            name: "APITests",
            dependencies: nio + [
                "Access", "API", "Basics", "HTTPKit", "Leaderboard", "Listener", "Signing", "TestSupport", nioHTTP,
                logging, metrics, lifecycle, .product(name: "MetricsTestKit", package: "swift-metrics"),
            ],
            path: "Tests/Roles/APITests",
            swiftSettings: strict
        ),
        .testTarget(
            name: "GatewayTests",
            dependencies: nio + [
                "Basics", "Gateway", "Leaderboard", "StrictJSON", "TestSupport", "WebSocket",
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            path: "Tests/Roles/GatewayTests",
            swiftSettings: strict
        ),
        .testTarget(
            name: "GatewayServerTests",
            dependencies: nio + [
                "Access", "API", "Basics", "Gateway", "Leaderboard", "Listener", "LocalServers", "Node",
                "RedisClient", "Settings", "Signing", "Storage", "StrictJSON", "TestSupport", "WebSocket", nioHTTP,
                hummingbird, logging, lifecycle, .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ],
            path: "Tests/Roles/GatewayServerTests",
            swiftSettings: strict
        ),
        .testTarget(
            name: "PersisterTests",
            dependencies: nio + [
                "Basics", "Leaderboard", "LocalServers", "Persister", "PostgresClient", "RedisClient", "Storage",
                "TestSupport",
                logging, lifecycle,
            ],
            path: "Tests/Roles/PersisterTests",
            swiftSettings: strict
        ),
        .testTarget(
            name: "LeaderboardTests",
            dependencies: ["Basics", "Leaderboard"],
            path: "Tests/Domain/LeaderboardTests",
            swiftSettings: strict
        ),
        .testTarget(
            name: "StorageTests",
            dependencies: nio + [
                "Basics", "Leaderboard", "LocalServers", "PostgresClient", "RedisClient", "Storage", "StrictJSON",
                "TestSupport", logging,
            ],
            path: "Tests/Storage",
            swiftSettings: strict
        ),
        .testTarget(
            name: "AccessTests",
            dependencies: nio + ["Access", "Basics", "HTTPKit", "Signing", nioHTTP],
            path: "Tests/Base/AccessTests",
            swiftSettings: strict
        ),
        .testTarget(
            name: "ListenerTests",
            dependencies: nio + [
                "Basics", "HTTPKit", "Listener", "TestSupport", nioHTTP, hummingbird, logging, lifecycle,
                .product(name: "HummingbirdCore", package: "hummingbird"),
            ],
            path: "Tests/Base/ListenerTests",
            swiftSettings: strict
        ),
        .testTarget(
            name: "WebSocketTests",
            dependencies: nio + ["Basics", "CZlib", "TestSupport", "WebSocket"],
            path: "Tests/Base/WebSocketTests",
            swiftSettings: strict
        ),
        .testTarget(
            name: "HTTPKitTests",
            dependencies: nio + [
                "Basics", "HTTPKit", "StrictJSON", "TestSupport", nioHTTP,
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
            ],
            path: "Tests/Base/HTTPKitTests",
            swiftSettings: strict
        ),
        .testTarget(
            name: "SigningTests",
            dependencies: [
                "Basics", "Signing", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "JWTKit", package: "jwt-kit"),
            ],
            path: "Tests/Base/SigningTests",
            swiftSettings: strict
        ),
        .testTarget(
            name: "ReportingTests",
            dependencies: ["Reporting", "TestSupport", logging],
            path: "Tests/Base/ReportingTests",
            swiftSettings: strict
        ),
        .testTarget(
            name: "StrictJSONTests",
            dependencies: ["Basics", "StrictJSON"],
            path: "Tests/Base/StrictJSONTests",
            swiftSettings: strict
        ),
        .testTarget(
            name: "BasicsTests",
            dependencies: ["Basics", "Leaderboard"],
            path: "Tests/Base/BasicsTests",
            swiftSettings: strict
        ),
        .testTarget(
            name: "EventLoopsTests",
            dependencies: nio + ["EventLoops"],
            path: "Tests/Base/EventLoopsTests",
            swiftSettings: strict
        ),
        .testTarget(
            name: "RedisClientTests",
            dependencies: nio + [
                "LocalServers", "RedisClient", "TestSupport", logging,
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            path: "Tests/Base/RedisClientTests",
            swiftSettings: strict
        ),
        .testTarget(
            name: "PostgresClientTests",
            dependencies: [
                "Basics", "LocalServers", "PostgresClient", "TestSupport", logging,
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ],
            path: "Tests/Base/PostgresClientTests",
            swiftSettings: strict
        ),
        .testTarget(
            name: "ScorecastClientTests",
            dependencies: nio + [
                "Basics", "ScorecastClient", "StrictJSON", "TestSupport", nioHTTP,
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"), .product(name: "Crypto", package: "swift-crypto"),
            ],
            path: "Tests/Tools/ScorecastClientTests",
            swiftSettings: strict
        ),
        .testTarget(
            name: "LoadTestTests",
            dependencies: ["Basics", "LoadTest", "ScorecastClient", "StrictJSON"],
            path: "Tests/Tools/LoadTestTests",
            swiftSettings: strict
        ),
        .testTarget(
            name: "LocalServersTests",
            dependencies: ["LocalServers", "TestSupport"],
            path: "Tests/Tools/LocalServersTests",
            swiftSettings: strict
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: nio + [
                "scorecast", "ws-echo", "Basics", "LocalServers", "ScorecastClient", "Signing", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
    ]
)
