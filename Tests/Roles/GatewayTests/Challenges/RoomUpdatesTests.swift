import Gateway
import Players
import Testing

/// When a challenge room's messages are sent, and what they tell.
@Suite struct RoomUpdatesTests {
    private static func progress(_ user: String, _ percent: Int, stamp: Int64) -> RoomProgress {
        RoomProgress(userID: user, progress: percent, state: nil, stamp: stamp)
    }

    @Test("The first change is sent at once; a hundred more are one message with the latest")
    func conflates() {
        var updates = RoomUpdates()
        #expect(updates.record(Self.progress("a", 1, stamp: 1), at: 1000) == .send)
        let first = updates.take(at: 1000)
        #expect(first?.progress(after: 0).map(\.progress) == [1])
        #expect(updates.next(at: 1000) == .nothing)
        #expect(updates.record(Self.progress("a", 2, stamp: 2), at: 1010) == .wait(until: 1100))
        for step in 3...100 {
            let action = updates.record(Self.progress("a", step, stamp: Int64(step)), at: 1020)
            #expect(action == .nothing)
        }
        #expect(updates.record(Self.progress("b", 7, stamp: 1), at: 1020) == .nothing)
        let early = updates.take(at: 1099)
        #expect(early == nil)
        #expect(updates.next(at: 1099) == .wait(until: 1100))
        let news = updates.take(at: 1100)
        let told = news?.progress(after: 1).map { "\($0.userID) \($0.progress)" }.sorted()
        #expect(told == ["a 100", "b 7"] && news?.sequence == 2)
        #expect(updates.record(Self.progress("b", 8, stamp: 2), at: 1300) == .send, "the interval is over")
    }

    @Test("An earlier progress of a member does not replace a later one")
    func keepsTheLatest() {
        var updates = RoomUpdates()
        _ = updates.record(Self.progress("a", 50, stamp: 10), at: 0)
        _ = updates.take(at: 0)
        #expect(updates.record(Self.progress("a", 40, stamp: 9), at: 500) == .nothing)
        #expect(updates.record(Self.progress("a", 40, stamp: 10), at: 500) == .nothing, "the same again")
        let nothing = updates.take(at: 500)
        #expect(nothing == nil)
    }

    @Test("A member who joins gets the later progress of each member, and no earlier one after it")
    func merges() {
        var updates = RoomUpdates()
        for user in ["a", "b", "c"] { _ = updates.record(Self.progress(user, 1, stamp: 1), at: 0) }
        _ = updates.take(at: 0)
        _ = updates.record(Self.progress("a", 5, stamp: 5), at: 100)
        _ = updates.record(Self.progress("b", 2, stamp: 2), at: 100)
        _ = updates.take(at: 100)
        _ = updates.record(Self.progress("d", 4, stamp: 4), at: 110)
        let told = [Self.progress("a", 3, stamp: 3), Self.progress("b", 9, stamp: 9), Self.progress("e", 6, stamp: 6)]
        #expect(updates.knows("b") && !updates.knows("e"))
        let merged = updates.merge(told, since: 1)
        #expect(merged.progress.map { "\($0.userID) \($0.progress)" } == ["a 5", "b 9", "e 6", "d 4"])
        #expect(merged.sequence == 2, "the second message has the earlier progress of b")
        let earlier = updates.merge([], since: 0)
        #expect(Set(earlier.progress.map(\.userID)) == ["a", "b", "c", "d"])
        for number in 0..<999 { _ = updates.record(Self.progress("u\(number)", 1, stamp: 1), at: 120) }
        let full = updates.merge(told, since: 1)
        #expect(full.progress == told && full.sequence == 1, "too many to tell at once")
    }

    @Test("A message with all members stays below the size that clients read")
    func bytes() {
        var updates = RoomUpdates()
        let state = "\"\(String(repeating: "x", count: 1022))\""
        for number in 0..<1000 {
            let progress = RoomProgress(userID: "u\(number)", progress: 1, state: state, stamp: Int64(number))
            _ = updates.record(progress, at: Int64(number) * 1000)
            _ = updates.take(at: Int64(number) * 1000)
        }
        _ = updates.record(Self.progress("last", 1, stamp: 1), at: 2_000_000)
        let told = updates.take(at: 2_000_000)?.progress(after: 0) ?? []
        #expect((650..<760).contains(told.count), "\(told.count)")
        #expect(told.contains { $0.userID.utf8.elementsEqual("u999".utf8) })
        #expect(!told.contains { $0.userID.utf8.elementsEqual("u0".utf8) }, "the first are forgotten")
        for user in ["u999", "last"] { #expect(updates.knows(user)) }
    }

    @Test("A change of the number alone is told at most once a second, and goes with progress")
    func presence() {
        var updates = RoomUpdates()
        #expect(updates.record(present: 1, at: 0) == .send)
        let first = updates.take(at: 0)
        #expect(first?.present == 1)
        #expect(updates.record(present: 1, at: 100) == .nothing)
        #expect(updates.record(present: 2, at: 200) == .wait(until: 1000))
        #expect(updates.record(present: 3, at: 300) == .nothing)
        #expect(updates.record(Self.progress("a", 1, stamp: 1), at: 350) == .send)
        let news = updates.take(at: 350)
        #expect(news?.present == 3 && news?.progress(after: 1).count == 1)
        #expect(updates.next(at: 1000) == .nothing)
        #expect(updates.record(present: 4, at: 400) == .wait(until: 1350))
        let last = updates.take(at: 1350)
        #expect(last?.present == 4 && last?.progress(after: 2).isEmpty == true)
    }

    @Test("A member who was slow gets the latest of all that it has missed")
    func catchesUp() {
        var updates = RoomUpdates(after: 100)
        for step in 1...5 {
            _ = updates.record(Self.progress("u\(step)", step, stamp: 1), at: Int64(step) * 100)
            _ = updates.take(at: Int64(step) * 100)
        }
        _ = updates.record(Self.progress("u2", 99, stamp: 2), at: 600)
        let news = updates.take(at: 600)
        #expect(news?.sequence == 106)
        let missed = news?.progress(after: 103).map { "\($0.userID) \($0.progress)" }.sorted()
        #expect(missed == ["u2 99", "u4 4", "u5 5"])
    }

    @Test("The memory of a room is bounded")
    func isBounded() {
        var updates = RoomUpdates()
        for user in 0..<3 * RoomUpdates.membersMax {
            _ = updates.record(Self.progress("u\(user)", 1, stamp: 1), at: 0)
        }
        let first = updates.take(at: 0)
        #expect(first?.progress(after: 0).count == RoomUpdates.membersMax)
        for user in 0..<10 { _ = updates.record(Self.progress("late\(user)", 1, stamp: 1), at: 100) }
        let news = updates.take(at: 100)
        #expect(news?.progress(after: 1).count == 10)
        #expect(news?.progress(after: 0).count == RoomUpdates.membersMax)
    }
}
