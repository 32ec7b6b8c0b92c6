import Dispatch
import Gateway
import Glibc
import Leaderboard
import NIOConcurrencyHelpers
import NIOCore
import StrictJSON
import TestSupport
import Testing

/// The path of a top from the feed to the sockets.
@Suite struct FanoutTests {
    @Test func sendsTheSnapshotAndThenUpdates() async throws {
        try await TestGateway.run { server in
            let socket = try TestWebSocket(port: server.port)
            let snapshot = try socket.receiveText()
            #expect(
                snapshot == """
                    {"type":"snapshot","board":"global","window":"all","period":"all","epoch":"e1","version":1,\
                    "at":1790000000000,"entries":[{"rank":1,"user_id":"user-0","score":1000},\
                    {"rank":2,"user_id":"user-1","score":999},{"rank":3,"user_id":"user-2","score":998}]}
                    """)
            server.store.set(version: 2, users: 1)
            #expect(
                try socket.receiveText() == """
                    {"type":"leaderboard-update","board":"global","window":"all","period":"all","epoch":"e1",\
                    "version":2,"at":1790000000002,"entries":[{"rank":1,"user_id":"user-0","score":2000}]}
                    """)
            // Later clients get the current state first, on any event loop.
            let others = try (0..<6).map { _ in try TestWebSocket(port: server.port) }
            for other in others { #expect(try other.receiveStandings().version == 2) }
            server.store.set(version: 3)
            for other in others + [socket] {
                let update = try other.receiveStandings()
                #expect(update.type == "leaderboard-update" && update.version == 3)
            }
        }
    }

    /// Every version is sent, unless a loop is so busy that others come before it sends.
    @Test(arguments: [false, true]) func latestWinsWhereALoopIsBehind(isLate: Bool) async throws {
        let group = NIOLockedValueBox<(any EventLoopGroup)?>(nil)
        try await TestGateway.run {
            $0.settings.lateAge = isLate ? .zero : .seconds(60)
        } tokens: { loops in
            group.withLockedValue { $0 = loops }
            return nil
        } _: { server in
            let sockets = try (0..<4).map { _ in try TestWebSocket(port: server.port) }
            for socket in sockets { #expect(try socket.receiveStandings().version == 1) }
            // All of these come while the loops are busy with other work.
            let loops = try #require(group.withLockedValue { $0 }).makeIterator().map { $0 }
            let release = DispatchSemaphore(value: 0)
            for loop in loops { loop.execute { release.wait() } }
            for version in Int64(2)...101 { server.store.set(version: version) }
            for _ in loops { release.signal() }
            let versions = try sockets.map { try $0.receiveStandings(through: 101).map(\.version) }
            for versions in versions { #expect(zip(versions, versions.dropFirst()).allSatisfy { $0 < $1 }) }
            if isLate {
                #expect(versions.contains { $0.count < 100 })
                #expect(try server.count("frames_skipped") > 0)
            } else {
                #expect(versions.allSatisfy { $0 == Array(2...101) })
            }
        }
    }

    @Test func escapesNames() async throws {
        try await TestGateway.run { server in
            let entry = LeaderboardEntry(rank: 1, userID: "a\"\\\u{1F3C6}é", score: -7)
            let socket = try TestWebSocket(port: server.port)
            _ = try socket.receiveStandings()
            server.store.tell(.changed(Top(epoch: "e1", version: 2, at: 5, entries: [entry])))
            #expect(try socket.receiveJSON()["entries"]?.array?[0]["user_id"]?.string == entry.userID)
        }
    }

    @Test func sendsLongMessages() async throws {
        try await TestGateway.run { server in
            // The name is longer than names may be, so that the frame has more than 64 KiB.
            let long = String(repeating: "\"", count: 400)
            let entries = (1...100).map {
                LeaderboardEntry(rank: Int64($0), userID: "\(long)\($0)", score: ScoreBounds.max)
            }
            server.store.set("wide", version: 1, users: 100, tell: false)
            let socket = try TestWebSocket(port: server.port, "/ws/scoreboard?board=wide&limit=100")
            #expect(try socket.receiveStandings().entries == 100)
            server.store.tell(.changed(Top(epoch: "e1", version: 2, at: 5, entries: entries)), board: "wide")
            #expect(try socket.receiveJSON()["entries"]?.array?.last?["score"]?.integer == ScoreBounds.max)
        }
    }

    @Test func cutsToTheLimit() async throws {
        try await TestGateway.run { server in
            let two = try TestWebSocket(
                port: server.port, "/ws/scoreboard?limit=2&board=global&window=all&mode=full&x=1")
            let ten = try TestWebSocket(port: server.port)
            #expect(try two.receiveStandings().entries == 2)
            #expect(try ten.receiveStandings().entries == 3)
            server.store.set(version: 2, users: 10)
            #expect(try two.receiveStandings().entries == 2)
            #expect(try ten.receiveStandings().entries == 10)
        }
    }

    @Test func subscribesBeforeItReads() async throws {
        try await TestGateway.run { server in
            server.store.set("other", version: 1, tell: false)
            // The change comes after the read has seen version 1 and before it answers.
            server.store.inNextRead { server.store.set("other", version: 2) }
            let socket = try TestWebSocket(port: server.port, "/ws/scoreboard?board=other")
            let seen = try socket.receiveStandings(through: 2)
            #expect(seen.first?.type == "snapshot")
            #expect(seen.map(\.version) == seen.map(\.version).sorted())
            #expect(server.store.calls.filter { $0.hasSuffix("other") } == ["watch other", "read other"])
            #expect(try socket.isSilent(milliseconds: 100), "the answer of the older read was pushed")
        }
    }

    @Test func ignoresOlderVersionsAndReplacedEpochs() async throws {
        try await TestGateway.run { server in
            let socket = try TestWebSocket(port: server.port)
            _ = try socket.receiveStandings()
            for version in [5, 4, 5, 1] as [Int64] { server.store.set(version: version) }
            server.store.set(epoch: "e2", version: 1)
            server.store.set(epoch: "e1", version: 9)
            server.store.set(epoch: "e2", version: 2)
            let seen = try socket.receiveStandings(through: 2)
            #expect(seen.map(\.version) == [5, 1, 2])
            #expect(seen.map(\.epoch) == ["e1", "e2", "e2"])
        }
    }

    @Test func readsAgainWhenTheFeedIsLiveAgain() async throws {
        try await TestGateway.run { server in
            let socket = try TestWebSocket(port: server.port)
            _ = try socket.receiveStandings()
            server.store.tell(.cut)
            server.store.set(version: 7, tell: false)
            #expect(server.gateway.readiness.whyNotReady() != nil)
            let before = try server.count("resyncs", [("cause", "live")])
            server.store.tell(.live)
            #expect(try socket.receiveStandings().version == 7)
            #expect(try server.count("resyncs", [("cause", "live")]) == before + 1)
            #expect(try server.count("resyncs", [("cause", "comparison")]) == 0)
            #expect(server.gateway.readiness.whyNotReady() == nil)
        }
    }

    @Test func retriesReads() async throws {
        try await TestGateway.run { server in
            server.store.setReadable(false)
            server.store.set("other", version: 3, tell: false)
            let socket = try TestWebSocket(port: server.port, "/ws/scoreboard?board=other")
            try waitUntil("three tries") { server.store.calls.filter { $0 == "read other" }.count >= 3 }
            server.store.setReadable(true)
            #expect(try socket.receiveStandings().version == 3)
        }
    }

    @Test func findsWhatTheFeedLost() async throws {
        try await TestGateway.run {
            $0.settings.comparison = .milliseconds(50)
        } _: { server in
            let socket = try TestWebSocket(port: server.port)
            _ = try socket.receiveStandings()
            server.store.set(version: 4, tell: false)
            #expect(try socket.receiveStandings().version == 4)
            #expect(try server.count("resyncs", [("cause", "comparison")]) == 1)
            // The store was replaced under another epoch, without a message.
            server.store.set(epoch: "e2", version: 1, tell: false)
            #expect(try socket.receiveStandings().epoch == "e2")
        }
    }

    @Test func aReadThatFailedWhenTheFeedCameBackIsNoComparison() async throws {
        try await TestGateway.run { server in
            let socket = try TestWebSocket(port: server.port)
            _ = try socket.receiveStandings()
            server.store.tell(.cut)
            server.store.set(version: 2, tell: false)
            server.store.setReadable(false)
            let reads = server.store.calls.count
            server.store.tell(.live)
            try waitUntil("two tries") { server.store.calls.count >= reads + 2 }
            server.store.setReadable(true)
            #expect(try socket.receiveStandings().version == 2)
            #expect(try server.count("resyncs", [("cause", "live")]) == 1)
            #expect(try server.count("resyncs", [("cause", "comparison")]) == 0)
        }
    }

    @Test func keepsPushesApart() async throws {
        try await TestGateway.run {
            $0.settings.fanoutInterval = .milliseconds(500)
        } _: { server in
            let socket = try TestWebSocket(port: server.port)
            _ = try socket.receiveStandings()
            #expect(try socket.isSilent(milliseconds: 550), "the interval of the first push is over")
            let start = ContinuousClock.now
            for version in 2...50 as ClosedRange<Int64> { server.store.set(version: version) }
            let changing = ContinuousClock.now - start
            #expect(try socket.receiveStandings().version == 2, "the first change is pushed at once")
            var later = [try socket.receiveStandings().version]
            #expect(ContinuousClock.now - start >= .milliseconds(490))
            if later != [50] { later += try socket.receiveStandings(through: 50).map(\.version) }
            // Only the latest of the others is pushed, unless an interval has ended while they came.
            #expect(later.count <= 1 + Int(changing / .milliseconds(500)), "\(later)")
            #expect(try socket.isSilent(milliseconds: 600))
        }
    }

    @Test func givesASlowReaderTheLatest() async throws {
        try await TestGateway.run { server in
            server.store.set("wide", version: 1, users: 100, tell: false)
            let target = "/ws/scoreboard?board=wide&limit=100"
            let slow = try TestWebSocket(port: server.port, target, receiveBytes: 4096)
            let fast = try TestWebSocket(port: server.port, target)
            #expect(try fast.receiveStandings().version == 1)
            let last: Int64 = 3_000
            for version in 2...last {
                server.store.set("wide", version: version, users: 100)
                // In step with the fast one, so that the slow one does not miss versions because they were conflated.
                #expect(try fast.receiveStandings(through: version).count == 1)
            }
            let seen = try slow.receiveStandings(through: last)
            #expect(seen.first?.type == "snapshot")
            #expect(seen.map(\.version) == seen.map(\.version).sorted())
            // Two water marks and the kernel's buffers hold some dozens of messages of 5 KB, not 3000.
            #expect(seen.count < 100, "\(seen.count) of \(last) versions were kept for a reader that did not read")
            let got = Int64(seen.count)
            try waitUntil("all frames are counted") { try server.count("frames_sent") == last + got }
            #expect(try server.count("frames_skipped") == last - got)
            server.store.set("wide", version: last + 1, users: 100)
            #expect(try slow.receiveStandings().version == last + 1)
        }
    }

    @Test func stopsWatchingWhatNobodyFollows() async throws {
        try await TestGateway.run {
            $0.settings.linger = .milliseconds(100)
        } _: { server in
            server.store.set("other", version: 1, tell: false)
            let socket = try TestWebSocket(port: server.port, "/ws/scoreboard?board=other")
            _ = try socket.receiveStandings()
            #expect(server.store.isWatched("other"))
            socket.drop()
            try waitUntil("nobody watches") { !server.store.isWatched("other") }
            server.store.set("other", version: 2)
            let again = try TestWebSocket(port: server.port, "/ws/scoreboard?board=other")
            #expect(try again.receiveStandings().version == 2)
        }
    }

    @Test func joinsAndLeavesRooms() async throws {
        try await TestGateway.run {
            $0.settings.roomsMax = 2
        } _: { server in
            server.store.set("other", version: 10, tell: false)
            server.store.set("wide", version: 20, tell: false)
            let socket = try TestWebSocket(port: server.port)
            _ = try socket.receiveStandings()
            try socket.send(text: #"{"type":"join-room","board":"other","window":"all","mode":"full"}"#)
            #expect(try socket.receiveStandings().board == "other")
            server.store.set("other", version: 11)
            #expect(try socket.receiveStandings().version == 11)
            try socket.send(text: #"{"type":"join-room","board":"other"}"#)
            #expect(try socket.receiveStandings().type == "snapshot", "a second join sends the snapshot again")
            try socket.send(text: #"{"type":"join-room","board":"wide"}"#)
            #expect(try socket.receiveJSON()["code"]?.string == "too_many_rooms")
            try socket.send(text: #"{"type":"leave-room","board":"other"}"#)
            try socket.send(text: #"{"type":"leave-room","board":"other"}"#)
            #expect(try socket.receiveJSON()["code"]?.string == "not_joined")
            server.store.set("other", version: 12)
            server.store.set(version: 2)
            #expect(try socket.receiveStandings().board == "global")
            try socket.send(text: #"{"type":"join-room","limit":1}"#)
            #expect(try socket.receiveStandings().entries == 1)
            try socket.send(text: #"{"type":"join-room","board":"nope"}"#)
            #expect(try socket.receiveJSON()["code"]?.string == "unknown_board")
        }
    }
}
