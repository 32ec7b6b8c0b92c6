import Leaderboard
import Testing

/// Which changes of a board need it to be empty.
struct BoardFormTests {
    private static let season = Window(name: "cup", kind: .season(startsAt: 1_000, endsAt: 2_000))
    private static func board(_ change: (inout Board) throws -> Void) rethrows -> Board {
        var board = Board(id: "b", windows: [.all, season])
        try change(&board)
        return board
    }

    private func isOther(_ change: (inout Board) throws -> Void) rethrows -> Bool {
        try Self.board { _ in }.hasOtherForm(than: Self.board(change))
    }

    @Test func theseAreTheForm() throws {
        #expect(isOther { $0.group = "other" })
        #expect(isOther { $0.timeZone = "Europe/Berlin" })
        #expect(isOther { $0.rules.operator = .best })
        #expect(isOther { $0.rules.order = .ascending })
        #expect(isOther { $0.rules.ties = .dense })
        #expect(isOther { $0.windows = [.all] }, "a window is gone")
        #expect(isOther { $0.windows[1] = Window(name: "cup", kind: .season(startsAt: 999, endsAt: 2_000)) })
        #expect(try isOther { $0.windows[1] = Window(name: "cup", kind: .cron(try CronSchedule("0 0 * * *"))) })
        let evening = try Self.board {
            $0.windows[1] = Window(name: "shift", kind: .cron(try CronSchedule("0 22 * * *")))
        }
        let night = try Self.board {
            $0.windows[1] = Window(name: "shift", kind: .cron(try CronSchedule("0 23 * * *")))
        }
        #expect(evening.hasOtherForm(than: night) && !evening.hasOtherForm(than: evening))
    }

    @Test func theseAreNot() {
        #expect(!isOther { _ in })
        #expect(!isOther { $0.windows.append(Window(name: "daily", kind: .daily)) })
        #expect(!isOther { $0.windows = [Self.season, .all] }, "the order of windows")
        #expect(!isOther { $0.windows[1] = Window(name: "cup", kind: .season(startsAt: 1_000, endsAt: 9_000)) })
        #expect(!isOther { ($0.rules.minScore, $0.rules.maxScore, $0.rules.allowDecrease) = (0, 5, true) })
        #expect(!isOther { ($0.graceSeconds, $0.keepPeriods, $0.top) = (0, 0, 1) })
        #expect(!isOther { ($0.visibility, $0.metadata, $0.generation, $0.createdAt) = (.private, "{\"a\":1}", 9, 9) })
    }
}
