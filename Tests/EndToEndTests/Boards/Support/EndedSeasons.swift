import Crypto
import Foundation
import TestSupport
import Testing

/// Twenty boards whose season has ended at the same time, and what their archives must hold.
struct EndedSeasons {
    private let cluster: Cluster
    private let end: Int64
    /// The final standings of each board, in list order, with ranks.
    private let expected: [String: [JSON]]
    /// An action id for each board that was issued within the season and did not come in time.
    private let late: [String: String]

    private static let users = 7
    private static let top = 3
    /// Half of the boards share a partition, so that they are sealed one after the other.
    private static let boards = (0..<20).map { "b\($0)" }

    /// Makes the boards, plays their seasons, and returns after their end.
    ///
    /// - Parameter beforeEnd: runs after the last update, and before the end.
    static func play(
        on cluster: Cluster, isolation: isolated (any Actor)? = #isolation, beforeEnd: () async throws -> Void = {}
    ) async throws -> EndedSeasons {
        let start = Credentials.milliseconds
        let end = start + 25_000
        for (index, board) in boards.enumerated() {
            let ties = ["first", "last", "shared", "dense"][index % 4]
            let order = index % 8 < 4 ? "desc" : "asc"
            let group = index < 10 ? "together" : board
            try await cluster.makeBoard(
                board,
                """
                {"windows":[\(WindowText.season("season", start - 1000, end))],"grace_seconds":0,"operator":"set",\
                "ties":"\(ties)","order":"\(order)","group":"\(group)","allow_decrease":true,"top":\(top)}
                """)
            try await cluster.makeAction(board, on: [board], submits: true)
        }
        for user in 0..<users {
            for board in boards { try await cluster.score("u\(user)", board, newScore: Int64(user / 2)) }
        }
        var expected: [String: [JSON]] = [:]
        for board in boards { expected[board] = try await cluster.entries(board) }
        let late = Dictionary(uniqueKeysWithValues: boards.map { ($0, cluster.credentials.actionID("late", $0)) })
        try await beforeEnd()
        try #require(Credentials.milliseconds < end - 100, "this machine is too slow for the test")
        try await cluster.waitUntil(end)
        return EndedSeasons(cluster: cluster, end: end, expected: expected, late: late)
    }

    /// The number of rankings that Redis calls sealed, and that were not dropped yet.
    func sealed() async throws -> Int {
        var count = 0
        for key in try await cluster.probe.command("KEYS", "{sc*}:seals").texts {
            count += try await cluster.probe.command("HVALS", key).texts.count { $0 != "0" }
        }
        return count
    }

    /// Waits until all seasons are archived, and expects that each was, exactly once, with the right entries.
    func areArchived(within time: Duration) async throws {
        let ledger = cluster.ledger
        let count = Self.boards.count
        try await eventually("all seasons are archived", timeout: time, every: .milliseconds(200)) {
            try await ledger.rows("SELECT count(*) FROM archived_periods WHERE checksum IS NOT NULL") == ["\(count)"]
        }
        try await eventually("all rankings are dropped", timeout: time) { try await sealed() == 0 }
        let seals = try await ledger.rows(
            "SELECT board || ' ' || count(*) FROM score_events WHERE kind = 'seal' GROUP BY board")
        #expect(Set(seals.map(String.init)) == Set(Self.boards.map { "\($0) 1" }))
        #expect(try await ledger.rows("SELECT count(*) FROM scores WHERE window_name = 'season'") == ["0"])
        for board in Self.boards { try await check(board) }
    }

    private func check(_ board: String) async throws {
        let expected = try #require(expected[board])
        #expect(expected.count == Self.users)
        let lines = expected.map { entry in
            "\(entry["rank"]?.integer ?? -1),\(entry["user_id"]?.string ?? ""),\(entry["score"]?.integer ?? -1)"
        }
        let digest = SHA256.hash(data: Data(lines.map { $0 + "\n" }.joined().utf8))
        let checksum = digest.map { String(format: "%02x", $0) }.joined()
        let row = try await cluster.ledger.rows(
            """
            SELECT window_name, period, floor(extract(epoch FROM ends_at) * 1000)::bigint, entries, checksum
            FROM archived_periods WHERE board = '\(board)'
            """)
        #expect(row == ["season|season|\(end)|\(Self.users)|\(checksum)"])
        let entries = try await cluster.ledger.rows(
            """
            SELECT rank || ',' || user_id || ',' || score FROM archived_entries WHERE board = '\(board)' ORDER BY place
            """)
        #expect(entries.map(String.init) == lines)
        // Redis keeps the top, for those who watch the end of the season.
        let name = "\(board):season:season"
        let key = try #require(try await cluster.probe.command("KEYS", "*:ranking:\(name)").texts.first)
        let left = try await cluster.probe.command("ZCARD", key)
        #expect(left == .integer(Self.top))
        let open = try await cluster.probe.command("ZSCORE", "\(key.prefix(6)):open", name)
        #expect(open == .null)
        for node in 0..<2 {
            for query in ["", "&window=season", "&period=season"] {
                #expect(try await cluster.entries(board + query, node: node) == expected)
            }
            let update = try await cluster.update("late", id: late[board], newScore: 9, node: node)
            #expect(ErrorForm.fault(in: update, status: 409, code: "period_sealed") == nil)
            let periods = try await cluster.get("/boards/\(board)/periods", node: node).json["periods"]?.array
            #expect(periods?.count == 1 && periods?[0]["state"] == "sealed")
            #expect(periods?[0]["checksum"] == .string(checksum))
            #expect(periods?[0]["entries"] == .integer(Int64(Self.users)))
        }
        #expect(try await cluster.entries(board) == expected)
    }
}
