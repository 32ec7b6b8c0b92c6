// swift-tools-version: 6.2
import PackageDescription

/// Every target compiles in Swift 6 mode, with `any` spelled out. Warnings are errors with `SCORECAST_STRICT=1`, as in
/// continuous integration; a user's compiler may be newer, and know more warnings.
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
/// What tests with real stores need.
let stores: [Target.Dependency] = ["LocalServers", "PostgresClient", "RedisClient", "Storage", "TestSupport"]
/// What services log, count and run with.
let service: [Target.Dependency] = [logging, metrics, lifecycle]
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let jwtKit: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let metricsTestKit: Target.Dependency = .product(name: "MetricsTestKit", package: "swift-metrics")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// Files of a folder as constants in the code, so that the binary runs alone. Spaces and line breaks separate them.
func embedded(in folder: String, _ files: String) -> [Resource] {
    files.split(whereSeparator: \.isWhitespace).map { .embedInCode("\(folder)/\($0)") }
}

/// What the routes of game services are made with.
let module: [Target.Dependency] =
    ["Access", "Basics", "HTTPKit", "Leaderboard", "Players", "Signing", "StrictJSON"] + [
        nioHTTP, hummingbird, httpTypes,
    ]

/// A package at exactly this version, so that the same sources give the same binary. scripts/versions.txt has the
/// versions of the packages that these need. An app that uses `ScorecastClient` has its own dependencies, so there it
/// is at least this version: SwiftPM and Xcode keep dependencies in a folder `checkouts`.
func github(
    _ name: String, _ version: Version, traits: Set<Package.Dependency.Trait> = [.defaults]
) -> Package.Dependency {
    let url = "https://github.com/\(name).git"
    let isDependency = Context.packageDirectory.contains("/checkouts/")
    return isDependency
        ? .package(url: url, from: version, traits: traits) : .package(url: url, exact: version, traits: traits)
}

/// A target in the folder of its floor.
func part(_ name: String, in floor: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/\(floor)/\(name)")
}

/// A library of the system, as a module map.
func library(_ name: String, pkgConfig: String? = nil, apt: String, brew: String) -> Target {
    .systemLibrary(
        name: name, path: "Sources/Base/C/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt]), .brew([brew])])
}

/// Tests of a target, in the folder of its floor. They run against a real Redis and Postgres of `TestSupport`.
func tests(_ name: String, in floor: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, path: "Tests/\(floor)\(name)")
}

let package = Package(
    name: "scorecast",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .executable(name: "scorecast", targets: ["scorecast"]),
        .library(name: "ScorecastClient", targets: ["ScorecastClient"]),
        // Tests load these into redis-server; nobody links them.
        .library(name: "SetClock", type: .dynamic, targets: ["CSetClock"]),
        .library(name: "SlowSync", type: .dynamic, targets: ["CSlowSync"]),
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
                "Administration", "FakeAI", "Keys", "Leaderboard", "LoadTest", "LocalServers", "Node", "Persister",
                "Settings", "Signing", "StrictJSON", "Telemetry", unixSignals, argumentParser,
            ] + service,
            path: "Sources/Node/scorecast"),
        part(
            "Administration", in: "Node",
            nio + [
                "Accounts", "Basics", "CZlib", "Keys", "Leaderboard", "Node", "Persister", "Play", "PostgresClient",
                "RedisClient", "Settings", "Signing", "Storage", "StrictJSON", nioHTTP, logging, asyncHTTPClient,
            ]),
        .target(
            name: "Node",
            dependencies: nio + [
                "Accounts", "AIClient", "API", "Awards", "CBuildInfo", "Gateway", "Keys", "Listener", "Persister",
                "Play", "PostgresClient", "RedisClient", "Reporting", "SMTPClient", "Settings", "Storage", "Telemetry",
                "Worker", unixSignals,
            ] + module + service,
            path: "Sources/Node/Node",
            resources: embedded(
                in: "../../../openapi", "accounts.json challenges.json core.json gamification.json tasks.json")),
        part(
            "Keys", in: "Node",
            nio + [
                "Basics", "Settings", "Signing", nioHTTP, asyncHTTPClient, nioSSL,
                unixSignals,
            ] + service),
        part("Telemetry", in: "Node", ["Basics", "Settings", logging, metrics]),
        part(
            "Settings", in: "Node",
            [
                "Basics", "PostgresClient", "RedisClient", "SMTPClient", "Signing", logging,
                .product(name: "Configuration", package: "swift-configuration"),
            ]),

        // Roles. A node has one or more of them. Roles see the stores through the ports of the domain, and never import
        // each other.
        part(
            "API", in: "Roles",
            nio + [
                "Access", "Basics", "EventLoops", "HTTPKit", "Leaderboard", "Listener", "Reporting", "Signing",
                "StrictJSON", nioHTTP, hummingbird, httpTypes, crypto,
            ] + service),
        .target(
            name: "Gateway",
            dependencies: nio + [
                "Access", "Basics", "EventLoops", "HTTPKit", "Leaderboard", "Listener", "Signing", "StrictJSON",
                "WebSocket", nioHTTP, hummingbird, httpTypes, crypto,
            ] + service,
            path: "Sources/Roles/Gateway",
            resources: embedded(
                in: "../../../web",
                """
                account-dialog.js account-form.js account-probe.js account-state.js account.css account.js choice.js
                index.html play-api.js play-board.js play-challenge.js play-notices.js play-page.js play-state.js
                play-tasks.js play.css play.html play.js scoreboard.css scoreboard.js scorecast-play.d.ts scorecast.d.ts
                scorecast.js scorecast/accounts.js scorecast/board-rooms.js scorecast/challenge-seat.js
                scorecast/connection.js scorecast/errors.js scorecast/following.js scorecast/inbox.js
                scorecast/page-events.js scorecast/play-messages.js scorecast/play-rooms.js scorecast/refusal.js
                scorecast/room.js scorecast/session-store.js scorecast/session.js scorecast/settings.js
                scorecast/source.js scorecast/standings.js scorecast/timers.js scorecast/waits.js state.js tower.css
                """)),
        part("Persister", in: "Roles", ["Basics", "Leaderboard", "Reporting"] + service),
        part("Worker", in: "Roles", ["Awards", "Basics", "Leaderboard", "Reporting"] + service),

        // Domain. Boards, updates, tops, awards, and the ports to the stores. Pure: no I/O, no clock.
        part("Leaderboard", in: "Domain", ["Basics", "StrictJSON"]),
        part("Awards", in: "Domain", ["Basics", "Leaderboard"]),
        // What all game services share: profiles, wallets, and the ports to their tables.
        part("Players", in: "Domain", ["Basics", "Leaderboard", "StrictJSON"]),

        // Modules. Game services beside the leaderboard. None imports another, or a store.
        .target(
            name: "Accounts",
            dependencies: nio + ["Reporting", crypto, cryptoExtras, deque] + module + service,
            path: "Sources/Modules/Accounts", resources: embedded(in: "Passwords", "common-passwords.txt")),
        part(
            "Play", in: "Modules",
            nio + ["Awards", "Reporting"] + module + service),

        // Storage. The ports on Redis and Postgres: the only target that knows the domain and the stores.
        .target(
            name: "Storage",
            dependencies: nio + [
                "Access", "Accounts", "Awards", "Basics", "EventLoops", "Leaderboard", "Play", "Players",
                "PostgresClient", "RedisClient", "Signing", "StrictJSON", "Worker", crypto,
            ] + service,
            resources: embedded(
                in: "../../lua",
                """
                apply.lua apply_limits.lua apply_rankings.lua attempt.lua audit.lua audit_levels.lua boards.lua
                close.lua credentials.lua credentials_write.lua drop.lua erase.lua limit.lua listen.lua open.lua
                probe.lua pseudonym.lua read.lua rebuild_begin.lua rebuild_clear.lua rebuild_end.lua rebuild_write.lua
                receipt.lua remove.lua reschedule.lua rewritten.lua rights.lua seal.lua stamp.lua turn.lua verify.lua
                """)
                + embedded(
                    in: "../../migrations",
                    """
                    0001_initial.sql 0002_suspicions.sql 0003_deployment.sql 0004_dead_letters.sql 0005_boards.sql
                    0006_rebuild.sql 0007_audits.sql 0008_settled_letters.sql 0009_ledger_retention.sql
                    0010_room_for_scores.sql 0011_accounts.sql 0012_user_deletions.sql 0013_play.sql
                    """)),

        // Base. The floors above stand on it; nothing here knows what a board is.
        part(
            "Access", in: "Base",
            nio + [
                "Basics", "EventLoops", "HTTPKit", "Reporting", "Signing", "StrictJSON", nioHTTP, hummingbird, metrics,
                httpTypes, logging, lifecycle, crypto,
            ]),
        part(
            "Listener", in: "Base",
            nio + [
                "Basics", "HTTPKit", "StrictJSON", nioHTTP, hummingbird, hummingbirdCore,
                .product(name: "NIOExtras", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"), deque,
            ] + service),
        part("WebSocket", in: "Base", nio + ["Basics", "CZlib", "HTTPKit", "StrictJSON", nioHTTP, crypto]),
        part("HTTPKit", in: "Base", nio + ["Basics", "StrictJSON", nioHTTP, hummingbird, httpTypes]),
        part("Signing", in: "Base", ["Basics", "StrictJSON", crypto, jwtKit]),
        part("SMTPClient", in: "Base", ["Basics", "CCurl", "Reporting"] + service),
        part(
            "AIClient", in: "Base",
            nio + ["Basics", "Reporting", "StrictJSON", nioHTTP, asyncHTTPClient] + service),
        part("Reporting", in: "Base", ["Basics", logging]),
        .target(name: "StrictJSON", path: "Sources/Base/StrictJSON"),
        .target(name: "Basics", path: "Sources/Base/Basics"),
        part("EventLoops", in: "Base", nio),
        part(
            "RedisClient", in: "Base",
            nio + ["Basics", "CHiredis", "EventLoops", nioSSL, crypto, deque] + service),
        part(
            "PostgresClient", in: "Base",
            [
                "Basics", "CLibPQ", logging, metrics, .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                deque,
            ]),
        .target(
            name: "CBuildInfo", path: "Sources/Base/C/CBuildInfo",
            cSettings: [.define("SCORECAST_COMMIT", to: "\"\(commit)\"")]),
        library("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev", brew: "curl"),
        library("CHiredis", apt: "libhiredis-dev", brew: "hiredis"),
        library("CLibPQ", pkgConfig: "libpq", apt: "libpq-dev", brew: "libpq"),
        library("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev", brew: "zlib"),

        // Tools. Beside the server: nothing above imports these, but the command line.
        part(
            "ScorecastClient", in: "Tools",
            nio + [
                "Basics", "StrictJSON", nioHTTP, logging, .product(name: "NIOWebSocket", package: "swift-nio"), nioSSL,
            ]),
        part(
            "LoadTest", in: "Tools",
            nio + [
                "Basics", "ScorecastClient", "StrictJSON", nioHTTP, logging, lifecycle, unixSignals, asyncHTTPClient,
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ]),
        .target(name: "LocalServers", path: "Sources/Tools/LocalServers"),
        part("FakeAI", in: "Tools", nio + ["Basics", "StrictJSON", nioHTTP, logging, lifecycle]),
        .executableTarget(
            name: "ws-echo",
            dependencies: nio + [
                "HTTPKit", "Listener", "WebSocket", nioHTTP, hummingbird, logging, lifecycle, hummingbirdCore,
                unixSignals, argumentParser,
            ],
            path: "Sources/Tools/ws-echo"),

        // Tests. They mirror the floors.
        .target(
            name: "NodeTestSupport", dependencies: ["Node", "Settings", "Telemetry"],
            path: "Tests/Node/NodeTestSupport"),
        .target(name: "TestSupport", dependencies: nio + ["LocalServers", logging], path: "Tests/TestSupport"),
        .target(name: "CSetClock", path: "Tests/SetClock"),
        .target(name: "CSlowSync", path: "Tests/SlowSync"),
        tests(
            "AdministrationTests", in: "Node/",
            ["Accounts", "Administration", "CZlib", "PostgresClient", "Settings", "Storage", "TestSupport"]),
        tests(
            "NodeTests", in: "Node/",
            nio + [
                "Access", "Accounts", "Administration", "API", "Basics", "Node", "NodeTestSupport", "PostgresClient",
                "SMTPClient", "Settings", "Storage", "StrictJSON", "Telemetry", "TestSupport", httpTypes, logging,
            ]),
        tests(
            "KeysTests", in: "Node/",
            nio + [
                "Keys", "NodeTestSupport", "Settings", "Signing", "Telemetry", "TestSupport", nioHTTP, logging, crypto,
                cryptoExtras, nioSSL,
            ]),
        tests(
            "TelemetryTests", in: "Node/",
            ["Basics", "NodeTestSupport", "Settings", "Telemetry", "TestSupport", logging, metrics]),
        tests(
            "SettingsTests", in: "Node/",
            ["Basics", "Gateway", "Node", "NodeTestSupport", "Settings", "TestSupport", logging]),
        tests(
            "APITests", in: "Roles/",
            nio + [
                "Access", "API", "Basics", "HTTPKit", "Leaderboard", "Listener", "Signing", "TestSupport", nioHTTP,
                hummingbird, httpTypes, metricsTestKit,
            ] + service),
        tests(
            "GatewayTests", in: "Roles/",
            nio + [
                "Basics", "Gateway", "Leaderboard", "StrictJSON", "TestSupport", "WebSocket", metricsTestKit,
                nioEmbedded,
            ]),
        tests(
            "GatewayServerTests", in: "Roles/",
            nio + [
                "Access", "API", "Basics", "Gateway", "Leaderboard", "Listener", "LocalServers", "Node", "RedisClient",
                "Settings", "Signing", "Storage", "StrictJSON", "TestSupport", "WebSocket", nioHTTP, hummingbird,
                logging, lifecycle, crypto, hummingbirdCore, metricsTestKit,
            ]),
        tests(
            "PersisterTests", in: "Roles/",
            nio + ["Basics", "Leaderboard", "Persister", logging, lifecycle] + stores),
        tests(
            "AccountsTests", in: "Modules/",
            nio + ["Accounts", logging, crypto] + module + stores),
        tests(
            "PlayTests", in: "Modules/",
            nio + ["Awards", "Play", "Worker", logging, lifecycle] + module + stores),
        tests(
            "WorkerTests", in: "Roles/",
            nio + ["Awards", "Basics", "Leaderboard", "Persister", "Worker", logging, lifecycle] + stores),
        tests(
            "AIClientTests", in: "Base/", nio + ["AIClient", "Basics", "FakeAI", "StrictJSON", "TestSupport", logging]),
        tests("AwardsTests", in: "Domain/", ["Awards", "Basics", "Leaderboard"]),
        tests("LeaderboardTests", in: "Domain/", ["Basics", "Leaderboard", "StrictJSON"]),
        tests("PlayersTests", in: "Domain/", ["Basics", "Players", "StrictJSON"]),
        tests(
            "BoardModelTests", in: "",
            nio + ["Basics", "Leaderboard", "Persister", crypto, logging] + stores),
        .testTarget(
            name: "StorageTests",
            dependencies: nio + ["Access", "Basics", "Leaderboard", "Players", "Signing", "StrictJSON", logging]
                + stores, path: "Tests/Storage"),
        tests(
            "AccessTests", in: "Base/",
            nio + [
                "Access", "Basics", "HTTPKit", "Signing", "StrictJSON", "TestSupport", nioHTTP, hummingbird, httpTypes,
                logging, lifecycle, metricsTestKit,
            ]),
        tests(
            "ListenerTests", in: "Base/",
            nio + [
                "Basics", "HTTPKit", "Listener", "TestSupport", nioHTTP, hummingbird, logging, lifecycle,
                hummingbirdCore,
            ]),
        tests("WebSocketTests", in: "Base/", nio + ["Basics", "CZlib", "TestSupport", "WebSocket"]),
        tests(
            "HTTPKitTests", in: "Base/",
            nio + ["Basics", "HTTPKit", "StrictJSON", "TestSupport", nioHTTP, httpTypes, hummingbirdCore]),
        tests("SigningTests", in: "Base/", ["Basics", "Signing", crypto, jwtKit]),
        tests("SMTPClientTests", in: "Base/", ["Basics", "SMTPClient", "TestSupport", lifecycle, metricsTestKit]),
        tests("ReportingTests", in: "Base/", ["Reporting", "TestSupport", logging]),
        tests("StrictJSONTests", in: "Base/", ["Basics", "StrictJSON"]),
        tests("BasicsTests", in: "Base/", ["Basics", "Leaderboard"]),
        tests("EventLoopsTests", in: "Base/", nio + ["EventLoops"]),
        tests(
            "RedisClientTests", in: "Base/",
            nio + ["LocalServers", "RedisClient", "TestSupport", logging, nioEmbedded]),
        tests(
            "PostgresClientTests", in: "Base/",
            ["Basics", "LocalServers", "PostgresClient", "TestSupport", logging, metricsTestKit]),
        tests(
            "ScorecastClientTests", in: "Tools/",
            nio + [
                "Basics", "ScorecastClient", "StrictJSON", "TestSupport", nioHTTP,
                .product(name: "NIOWebSocket", package: "swift-nio"), nioSSL, crypto,
            ]),
        tests("LoadTestTests", in: "Tools/", ["Basics", "LoadTest", "ScorecastClient", "StrictJSON"]),
        tests("LocalServersTests", in: "Tools/", ["LocalServers", "TestSupport"]),
        tests(
            "EndToEndTests", in: "",
            nio + [
                "scorecast", "ws-echo", "Basics", "FakeAI", "LocalServers", "ScorecastClient", "Signing", "TestSupport",
                crypto,
            ]),
    ]
)

for target in package.targets where target.type != .system { target.swiftSettings = strict }
