import Basics
import Foundation
import Leaderboard
import StrictJSON
import Testing

/// Boards as JSON gives them: each member, and each problem.
struct BoardDraftTests {
    private func read(_ json: String, base: Board = Board(id: "b")) throws -> (board: Board, problems: [FieldProblem]) {
        let draft: Result<BoardDraft, JSONError> = Array(json.utf8).withUnsafeBytes { bytes in
            do throws(JSONError) {
                var draft = BoardDraft()
                try JSONReader.object(bytes, limits: BoardDraft.limits) { key, reader throws(JSONError) in
                    try draft.read(key, from: &reader)
                }
                return .success(draft)
            } catch { return .failure(error) }
        }
        return try draft.get().board(from: base)
    }

    private func fields(_ json: String, base: Board = Board(id: "b")) throws -> [String] {
        try read(json, base: base).problems.map(\.field)
    }

    @Test func withoutMembersItHasTheDefaults() throws {
        let (board, problems) = try read("{}")
        #expect(problems.isEmpty && board == Board(id: "b"))
        #expect(board.rules == BoardRules(operator: .increment, order: .descending, ties: .first, allowDecrease: false))
        #expect(board.windows == [.all] && board.timeZone == "UTC" && board.graceSeconds == 660)
        #expect(board.keepPeriods == 100 && board.group == "b" && board.top == 10 && !board.isPrivate)
        #expect(board.metadata == "{}")
    }

    @Test func allMembers() throws {
        let (board, problems) = try read(
            """
            {"board":"b","operator":"best","order":"asc","ties":"dense","windows":["daily",
            {"name":"shift","cron":"0 22 * * *"},
            {"name":"season-1","starts_at":"2026-11-20T00:00:00Z","ends_at":"2026-11-20T00:00:00.001Z"}],
            "time_zone":"Europe/Berlin","grace_seconds":0,"keep_periods":10000,"group":"clans","top":100,
            "visibility":"private","min_score":-5,
            "max_score":9007199254740991,"allow_decrease":true,"metadata":{"icon":"sword","n":[1,2]}}
            """)
        #expect(problems.isEmpty)
        let rules = BoardRules(
            operator: .best, order: .ascending, ties: .dense, minScore: -5, maxScore: ScoreBounds.max,
            allowDecrease: true)
        #expect(board.rules == rules && board.timeZone == "Europe/Berlin" && board.graceSeconds == 0)
        #expect(board.keepPeriods == 10_000 && board.group == "clans" && board.top == 100 && board.isPrivate)
        #expect(board.metadata == #"{"icon":"sword","n":[1,2]}"#)
        let shift = try Window(name: "shift", kind: .cron(CronSchedule("0 22 * * *")))
        let start = try WallTime.milliseconds("2026-11-20T00:00:00Z")
        let season = Window(name: "season-1", kind: .season(startsAt: start, endsAt: start + 1))
        #expect(board.windows == [Window(name: "daily", kind: .daily), shift, season])
        var written: [UInt8] = []
        JSONWriter.append(to: &written) { json in
            json.beginObject()
            board.writeMembers(to: &json)
            json.endObject()
        }
        let again = try read(String(decoding: written, as: UTF8.self))
        #expect(again.problems.isEmpty && again.board == board, "what a board writes, a draft reads")
    }

    /// As a `PATCH` does it.
    @Test func othersKeepTheirValues() throws {
        let base = Board(id: "b", group: "g", rules: BoardRules(minScore: 1, maxScore: 9), top: 50)
        #expect(try read(#"{"ties":"shared","group":null}"#, base: base).board.group == "g")
        #expect(try read(#"{"ties":"shared"}"#, base: base).board.rules.ties == .shared)
        #expect(try read(#"{"min_score":null}"#, base: base).board.rules.minScore == nil)
        #expect(try read(#"{"min_score":null}"#, base: base).board.rules.maxScore == 9)
        #expect(try fields(#"{"min_score":10}"#, base: base) == ["min_score"])
    }

    @Test(
        "What a board cannot have is a problem of its field",
        arguments: [
            (#"{"board":"c"}"#, "board"), (#"{"operator":"add"}"#, "operator"), (#"{"operator":"BEST"}"#, "operator"),
            (#"{"order":"down"}"#, "order"), (#"{"ties":"random"}"#, "ties"),
            (#"{"time_zone":"Mars/Olympus"}"#, "time_zone"),
            (#"{"time_zone":"GMT+3"}"#, "time_zone"), (#"{"time_zone":""}"#, "time_zone"),
            (#"{"time_zone":"europe/berlin"}"#, "time_zone"), (#"{"time_zone":"PST"}"#, "time_zone"),
            (#"{"time_zone":"SystemV/EST5"}"#, "time_zone"), (#"{"time_zone":"../UTC"}"#, "time_zone"),
            (#"{"grace_seconds":-1}"#, "grace_seconds"), (#"{"grace_seconds":604801}"#, "grace_seconds"),
            (#"{"keep_periods":-1}"#, "keep_periods"), (#"{"keep_periods":10001}"#, "keep_periods"),
            (#"{"group":""}"#, "group"), (#"{"group":"a b"}"#, "group"), (#"{"top":0}"#, "top"),
            (#"{"top":101}"#, "top"),
            (#"{"visibility":"secret"}"#, "visibility"), (#"{"min_score":9007199254740992}"#, "min_score"),
            (#"{"max_score":-9007199254740992}"#, "max_score"), (#"{"min_score":2,"max_score":1}"#, "min_score"),
            (#"{"color":"red"}"#, "color"), (#"{"color":null}"#, "color"), (#"{"Operator":"set"}"#, "Operator"),
        ])
    func problem(_ json: String, _ field: String) throws {
        let problems = try read(json).problems
        #expect(problems.map(\.field) == [field])
        #expect(problems.allSatisfy { $0.reason.hasPrefix("must ") || $0 == .unknownMember(field) })
    }

    @Test(
        "What a window cannot be is a problem of the windows",
        arguments: [
            "[]", #"["quarterly"]"#, #"["Daily"]"#, #"[""]"#, #"["all","all"]"#,
            #"[{"name":"daily","cron":"0 0 * * *"}]"#,
            #"[{"name":"UP","cron":"0 0 * * *"}]"#, #"[{"name":"","cron":"0 0 * * *"}]"#,
            #"[{"name":"a:b","cron":"0 0 * * *"}]"#, #"[{"name":"shift"}]"#, #"[{"cron":"0 0 * * *"}]"#,
            #"[{"name":"shift","cron":"0 0 31 2 *"}]"#, #"[{"name":"shift","cron":"* * * *"}]"#,
            #"[{"name":"s","starts_at":"2026-11-20T00:00:00Z"}]"#, #"[{"name":"s","ends_at":"2026-11-20T00:00:00Z"}]"#,
            #"[{"name":"s","starts_at":"2026-11-20T00:00:00Z","ends_at":"2026-11-20T00:00:00Z"}]"#,
            #"[{"name":"s","starts_at":"yesterday","ends_at":"2026-11-20T00:00:00Z"}]"#,
            #"[{"name":"s","cron":"0 0 * * *","starts_at":"2026-11-20T00:00:00Z","ends_at":"2026-11-21T00:00:00Z"}]"#,
            #"[{"name":"s","cron":"0 0 * * *","zone":"UTC"}]"#,
            #"[{"name":"s","starts_at":"0000-12-31T23:59:59Z","ends_at":"2026-11-21T00:00:00Z"}]"#,
            #"[{"name":"s","cron":"0 0 * * *"},{"name":"s","cron":"0 1 * * *"}]"#,
            #"[{"name":"\#(String(repeating: "a", count: 33))","cron":"0 0 * * *"}]"#,
        ])
    func windowProblem(_ windows: String) throws {
        #expect(try fields(#"{"windows":\#(windows)}"#) == ["windows"])
    }

    @Test func aBoardHasUpTo16Windows() throws {
        func windows(_ count: Int) -> String {
            let all = (0..<count).map { #"{"name":"w\#($0)","cron":"\#($0) 0 * * *"}"# }
            return #"{"windows":[\#(all.joined(separator: ","))]}"#
        }
        #expect(try fields(windows(16)) == [])
        #expect(try fields(windows(17)) == ["windows"])
    }

    @Test(
        "All names of the IANA database, also its links",
        arguments: ["UTC", "Asia/Kolkata", "US/Eastern", "Etc/GMT+1", "Japan", "America/Argentina/Buenos_Aires"])
    func timeZone(_ name: String) throws {
        #expect(try read(#"{"time_zone":"\#(name)"}"#).problems.isEmpty)
    }

    @Test func cronListsMayNameEverything() throws {
        let lists = [0..<60, 0..<24, 1..<32, 1..<13, 0..<8].map { $0.map(String.init).joined(separator: ",") }
        let cron = lists.joined(separator: " ")
        #expect(try fields(#"{"windows":[{"name":"w","cron":"\#(cron)"}]}"#) == [])
        let minutes = String(repeating: "0,", count: 256) + "0 0 * * *"
        #expect(try fields(#"{"windows":[{"name":"w","cron":"\#(minutes)"}]}"#) == ["windows"])
    }

    @Test func metadataMayHaveManyMembersAndBeDeep() throws {
        let members = (0..<500).map { #""\#($0)":1"# }.joined(separator: ",")
        let deep = String(repeating: "[", count: 90) + String(repeating: "]", count: 90)
        for metadata in ["{\(members)}", #"{"a":\#(deep)}"#] {
            #expect(try read(#"{"metadata":\#(metadata)}"#).board.metadata == metadata)
        }
    }

    @Test func metadataIsAnObjectOfUpTo4KiB() throws {
        func object(_ bytes: Int) -> String { #"{"a":"\#(String(repeating: "x", count: bytes - 8))"}"# }
        #expect(try read(#"{"metadata":\#(object(4096))}"#).problems.isEmpty)
        #expect(try fields(#"{"metadata":\#(object(4097))}"#) == ["metadata"])
        for other in ["[]", "1", #""text""#, "true"] {
            #expect(throws: JSONError.self) { try read(#"{"metadata":\#(other)}"#) }
        }
    }

    @Test func allProblemsAtOnce() throws {
        let json =
            #"{"color":1,"operator":"x","windows":["x","y"],"time_zone":"x","group":"","top":0,"keep_periods":-1}"#
        #expect(
            try fields(json) == [
                "color", "operator", "windows", "windows", "time_zone", "group", "keep_periods", "top",
            ])
    }
}
