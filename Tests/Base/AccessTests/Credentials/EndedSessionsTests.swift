import Access
import Signing
import Testing

/// The set of ended sessions: nothing is forgotten early, and it does not grow without end.
@Suite struct EndedSessionsTests {
    private static let kept = EndedSessions.keptMilliseconds

    @Test func keepsASessionUntilNoTokenOfItCanBeValid() {
        var sessions = EndedSessions()
        let (first, second) = (SessionID.random(), SessionID.random())
        #expect(sessions.add(first, now: 0) == .added && sessions.add(second, now: 10) == .added)
        #expect(sessions.add(first, now: Self.kept - 1) == .known)
        #expect(sessions.forgetExpired(now: Self.kept - 1) == [])
        #expect(sessions.contains(first) && sessions.contains(second))
        #expect(sessions.forgetExpired(now: Self.kept) == [first])
        #expect(!sessions.contains(first) && sessions.contains(second) && sessions.count == 1)
        #expect(sessions.forgetExpired(now: Self.kept + 10) == [second] && sessions.count == 0)
        #expect(sessions.add(first, now: Self.kept + 11) == .added)
        // 15 min of an access token and 30 s between clocks.
        #expect(Self.kept >= 930_000)
    }

    @Test func takesNoMoreThanItsBoundAndForgetsNoneForOthers() {
        var sessions = EndedSessions(countMax: 3)
        let ids = (0..<4).map { _ in SessionID.random() }
        for id in ids.prefix(3) { #expect(sessions.add(id, now: 0) == .added) }
        #expect(sessions.add(ids[3], now: 1) == .full && sessions.add(ids[0], now: 1) == .known)
        #expect(ids.prefix(3).allSatisfy { sessions.contains($0) } && !sessions.contains(ids[3]))
        #expect(sessions.forgetExpired(now: Self.kept).count == 3)
        #expect(sessions.add(ids[3], now: Self.kept) == .added)
    }
}
