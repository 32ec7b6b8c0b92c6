import Basics
import Gateway
import Leaderboard
import Testing

/// The decisions that touch no socket.
@Suite struct DecisionTests {
    /// A tracker that is asked by name and version.
    struct Tops {
        var tracker = TopTracker()

        mutating func told(_ epoch: String, _ version: Int64) -> Bool {
            tracker.take(changed: Top(epoch: epoch, version: version, at: 0, entries: []))
        }

        mutating func read(_ epoch: String, _ version: Int64, begunAt begun: Int) -> Bool {
            tracker.take(read: Top(epoch: epoch, version: version, at: 0, entries: []), begunAt: begun)
        }
    }

    @Test func versionsGrowWithinAnEpoch() {
        var tops = Tops()
        #expect(tops.told("a", 3) == true)
        #expect(tops.told("a", 3) == false)
        #expect(tops.told("a", 2) == false)
        #expect(tops.read("a", 2, begunAt: tops.tracker.generation) == false)
        #expect(tops.read("a", 4, begunAt: 0) == true)
    }

    @Test func anEpochThatWasReplacedStaysReplacedUnlessReadAfresh() {
        var tops = Tops()
        #expect(tops.told("a", 3) == true)
        let before = tops.tracker.generation
        #expect(tops.told("b", 1) == true)
        #expect(tops.told("a", 9) == false)
        #expect(tops.read("a", 9, begunAt: before) == false, "the read began before b was known")
        #expect(tops.read("a", 9, begunAt: tops.tracker.generation) == true, "the store has it now")
        #expect(tops.tracker.current?.epoch == "a")
        #expect(tops.told("a", 10) == true)
        #expect(tops.told("b", 2) == false)
    }

    @Test func pushesAtOnceAndThenOnceAnInterval() {
        var conflation = Conflation(intervalNanoseconds: 100)
        #expect(conflation.changed(at: 1000) == .push)
        #expect(conflation.changed(at: 1010) == .wait(until: 1100))
        #expect(conflation.changed(at: 1020) == .nothing)
        conflation.timeHasCome(at: 1105)
        #expect(conflation.changed(at: 1150) == .wait(until: 1205))
        conflation.timeHasCome(at: 1205)
        #expect(conflation.changed(at: 1305) == .push)
        var every = Conflation(intervalNanoseconds: 0)
        for _ in 0..<3 { #expect(every.changed(at: 5) == .push) }
    }

    @Test func readsAgainForWhatHappensDuringARead() {
        var plan = ReadPlan(comparisonMilliseconds: 1000)
        #expect(plan.requestRead() == .read)
        #expect(plan.requestRead() == .nothing)
        #expect(plan.succeeded(dice: 0) == .read)
        #expect(plan.succeeded(dice: 0) == .wait(milliseconds: 750))
        #expect(plan.requestRead() == .read)
        #expect(plan.succeeded(dice: 0.999) == .wait(milliseconds: 1249))
    }

    @Test func waitsLongerAfterEachFailure() {
        var plan = ReadPlan(comparisonMilliseconds: 1000)
        var waits: [Int64] = []
        for count in 0..<8 {
            // A node that starts waits about a second for its stores before that is worth a warning.
            #expect(plan.failureCount == count && plan.failureLasts == (count >= 5))
            #expect(plan.requestRead() == .read)
            guard case .wait(let milliseconds) = plan.failed(dice: 0.5) else { return }
            waits.append(milliseconds)
        }
        #expect(waits == [75, 150, 300, 600, 1200, 2400, 3750, 3750])
        #expect(plan.requestRead() == .read)
        _ = plan.succeeded(dice: 0)
        #expect(!plan.failureLasts)
    }

    @Test func checksKeys() {
        #expect(WebSocketKey.isValid("dGhlIHNhbXBsZSBub25jZQ=="))
        #expect(WebSocketKey.accept(for: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        for key in [
            "", "dGhlIHNhbXBsZSBub25jZR==", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQQQ",
            "d-hlIHNhbXBsZSBub25jZQ==",
        ] {
            #expect(!WebSocketKey.isValid(key))
        }
    }

    @Test func resolvesRooms() throws {
        let rooms = RoomResolver(boards: TestBoards(TestGateway.boards))
        var request = RoomRequest()
        #expect(try rooms.resolve(request).limit == 10)
        request.ranking.board = "wide"
        #expect(try rooms.resolve(request).limit == 10)
        request.ranking.limit = 100
        #expect(try rooms.resolve(request).limit == 100)
        request.ranking.limit = 101
        #expect(throws: RankingProblem.invalid([FieldProblem(field: "limit", reason: "must be 1 to 100")])) {
            try rooms.resolve(request)
        }
        request.ranking.limit = 100
        request.ranking.window = "day"
        #expect(throws: RankingProblem.unknownWindow) { try rooms.resolve(request) }
        request.ranking.board = "gone"
        #expect(throws: RankingProblem.unknownBoard) { try rooms.resolve(request) }
        request.mode = "x"
        #expect(throws: RankingProblem.invalid([FieldProblem(field: "mode", reason: "must be full or delta")])) {
            try rooms.resolve(request)
        }
        // Not even `global` is taken for granted.
        #expect(throws: RankingProblem.noCatalogue) {
            try RoomResolver(boards: TestBoards(nil)).resolve(RoomRequest())
        }
    }

    @Test func plansTheWayDown() {
        var plan = DrainPlan(pace: 4, limit: 6)
        var open = 10
        var steps: [DrainPlan.Step] = []
        for _ in 0..<7 {
            let step = plan.tick(open: open)
            if case .close(let count) = step { open -= count }
            steps.append(step)
        }
        #expect(steps == [.close(3), .close(3), .close(2), .close(2), .close(0), .close(0), .cut])
    }
}
