import Basics
import ScorecastClient
import Testing

/// The decisions about challenges and notifications.
@Suite struct PlayPlanTests {
    private static let id = String(repeating: "A", count: 22)
    private static let other = String(repeating: "B", count: 22)

    private static func plan(_ challenges: [String] = [id]) -> PlayPlan {
        PlayPlan(
            challenges: challenges, backoff: Backoff(base: .milliseconds(100), cap: .seconds(10), least: .zero))
    }

    private static func joined(_ members: [ChallengeMember] = [], present: Int = 1) -> PlayMessage {
        .joined(ChallengeRoom(challenge: id, present: present, members: members))
    }

    private static func progress(_ value: Int) throws -> ChallengeProgress { try #require(ChallengeProgress(value)) }

    private static func refused(_ code: String) -> PlayMessage { .refused(challenge: id, code: code, message: "No.") }

    @Test func roomsAreJoinedWhenTheConnectionIsOpen() {
        var plan = Self.plan()
        #expect(plan.due(now: 0).requests.isEmpty)
        #expect(plan.join(Self.other) == nil)
        plan.opened()
        #expect(plan.due(now: 0).requests == [.join(Self.id), .join(Self.other)])
        #expect(plan.due(now: 1).requests.isEmpty)
        #expect(plan.leave(Self.other) == .leave(Self.other))
        #expect(plan.leave(Self.other) == nil)
        plan.lost(now: 2)
        plan.opened()
        #expect(plan.due(now: 3).requests == [.join(Self.id)])
    }

    @Test func progressOfMembersIsMerged() {
        var plan = Self.plan()
        plan.opened()
        let (a, b) = (ChallengeMember(userID: "a", progress: 10), ChallengeMember(userID: "b", progress: 20))
        #expect(plan.take(Self.joined([a, b], present: 2), now: 0, draw: 0) != nil)
        let later = ChallengeMember(userID: "a", progress: 30, state: #"{"step":2}"#)
        let event = plan.take(.progress(challenge: Self.id, present: 3, [later]), now: 0, draw: 0)
        #expect(event == .room(ChallengeRoom(challenge: Self.id, present: 3, members: [b, later])))
        #expect(plan.take(.progress(challenge: Self.other, present: 3, [later]), now: 0, draw: 0) == nil)
    }

    @Test func ownProgressIsSentAtMostFiveTimesASecond() throws {
        var plan = Self.plan()
        #expect(plan.update(try Self.progress(5), in: Self.id) == nil)
        plan.opened()
        #expect(plan.due(now: 0).requests == [.join(Self.id)])
        _ = plan.take(Self.joined(), now: 10, draw: 0)
        #expect(plan.due(now: 10).requests == [.update(Self.id, try Self.progress(5))])
        for value in 6...50 { _ = plan.update(try Self.progress(value), in: Self.id) }
        let due = plan.due(now: 20)
        #expect(due.requests.isEmpty && due.next == 210)
        #expect(plan.due(now: 210).requests == [.update(Self.id, try Self.progress(50))])
        #expect(plan.due(now: 500).requests.isEmpty)
        #expect(plan.update(try Self.progress(1), in: Self.other) != nil)
    }

    @Test func progressThatMayBeLostIsSentAgain() throws {
        var plan = Self.plan()
        plan.opened()
        _ = plan.take(Self.joined(), now: 0, draw: 0)
        _ = plan.update(try Self.progress(40), in: Self.id)
        #expect(plan.due(now: 0).requests == [.update(Self.id, try Self.progress(40))])
        plan.lost(now: 4_999)
        plan.opened()
        _ = plan.take(Self.joined(), now: 5_000, draw: 0)
        #expect(plan.due(now: 5_000).requests.contains(.update(Self.id, try Self.progress(40))))
        plan.lost(now: 20_000)
        plan.opened()
        _ = plan.take(Self.joined(), now: 20_001, draw: 0)
        #expect(plan.due(now: 20_001).requests.isEmpty)
    }

    @Test func hintsNeedAJoinedRoom() {
        var plan = Self.plan()
        plan.opened()
        #expect(plan.hint(in: Self.id).request == nil)
        _ = plan.take(Self.joined(), now: 0, draw: 0)
        #expect(plan.hint(in: Self.id).request == .hint(Self.id))
        plan.lost(now: 1)
        #expect(plan.hint(in: Self.id).event != nil)
    }

    @Test(arguments: [
        ("unknown_challenge", false, true), ("forbidden", true, true), ("invalid_input", false, true),
        ("invalid_input", true, false), ("insufficient_funds", true, false), ("no_more_hints", true, false),
        ("unavailable", false, false), ("unavailable", true, false),
    ]) func refusals(code: String, isJoined: Bool, isFinal: Bool) {
        var plan = Self.plan()
        plan.opened()
        _ = plan.due(now: 0)
        if isJoined { _ = plan.take(Self.joined(), now: 0, draw: 0) }
        let refusal = ChallengeRefusal(challenge: Self.id, code: code, message: "No.", isFinal: isFinal)
        #expect(plan.take(Self.refused(code), now: 0, draw: 1) == .refused(refusal))
        #expect(plan.hasRooms != isFinal)
        let (requests, next) = plan.due(now: 0)
        #expect(requests.isEmpty && (next == 100) == (code == "unavailable" && !isJoined))
    }

    @Test func aRoomThatWasLostIsJoinedAgain() throws {
        var plan = Self.plan()
        plan.opened()
        _ = plan.take(Self.joined(), now: 0, draw: 0)
        _ = plan.update(try Self.progress(7), in: Self.id)
        _ = plan.due(now: 0)
        #expect(plan.take(Self.refused("not_joined"), now: 10, draw: 1) == nil)
        #expect(plan.due(now: 110).requests == [.join(Self.id)])
        _ = plan.take(Self.joined(), now: 120, draw: 0)
        #expect(plan.due(now: 200).requests == [.update(Self.id, try Self.progress(7))])
    }

    @Test func malformedAndTooManyRoomsAreRefusedHere() {
        var plan = Self.plan([])
        #expect(plan.join("short") != nil)
        for number in 0..<PlayPlan.roomsMax { #expect(plan.join(String(10 + number) + Self.id.dropFirst(2)) == nil) }
        #expect(plan.join(Self.id) != nil)
    }

    @Test func eachNotificationComesOnce() {
        var plan = Self.plan([])
        func notification(_ id: Int) -> PlayMessage {
            .notification(
                ScorecastNotification(id: String(id), kind: "badge", title: "t", data: "{}", createdAt: "2026-11-28"))
        }
        #expect(plan.take(notification(1), now: 0, draw: 0) != nil)
        #expect(plan.take(notification(1), now: 0, draw: 0) == nil)
        let areNew = (2...2_500).map { plan.isNew(String($0)) }
        #expect(areNew.allSatisfy { $0 })
        let (isLateNew, isOldNew) = (plan.isNew("2000"), plan.isNew("1"))
        #expect(!isLateNew && isOldNew)
    }
}
