import Gateway
import Leaderboard
import Testing

/// Which message a seat gets, by what its member has, and how the room counts those that lack the latest version.
@Suite struct LoopRoomTests {
    /// The state that a member has when a publication comes.
    private enum Having { case nothing, claim(String), version(String, Int64) }

    /// The words of the messages that a member gets of version 5 of epoch `a`, if 2 to 5 are known.
    private func messages(_ mode: PushMode, _ having: Having) -> [String] {
        var publisher = TestPublisher(historyVersionsMax: 4)
        let member = TestMember()
        let room = LoopRoom(key: TestPublisher.key(mode), encoding: .events, publication: nil)
        switch having {
        case .nothing: _ = room.enter(member, resume: nil)
        case .claim(let text): _ = room.enter(member, resume: ResumePoint(text))
        case .version(let epoch, let version):
            let seat = room.enter(member, resume: nil)
            if epoch != "a" { _ = room.take(publisher.publish(epoch, version)) }
            for earlier in 1...5 as ClosedRange<Int64> where epoch == "a" && earlier <= version {
                _ = room.take(publisher.publish("a", earlier))
            }
            #expect(room.catchUp(seat))
        }
        _ = member.takeWords()
        for version in 1...5 as ClosedRange<Int64>
        where version > (publisher.latest?.top.version ?? 0) || isOther(having) {
            _ = room.take(publisher.publish("a", version))
        }
        room.startRound()
        var left = 10
        #expect(room.push(&left) == member.received.count)
        #expect(left == 9)
        #expect(room.seats.allSatisfy { !$0.lacks(publisher.latest) })
        return member.takeWords()
    }

    private func isOther(_ having: Having) -> Bool {
        if case .version(let epoch, _) = having { epoch != "a" } else { false }
    }

    @Test("A new member gets a snapshot, one that knows a version what is newer, and nobody the same twice")
    func whichMessage() {
        let rows: [(having: Having, full: [String], delta: [String])] = [
            (.nothing, ["snapshot a:5"], ["snapshot a:5"]),
            (.claim("a:5"), [], []),
            (.claim("a:4"), ["snapshot a:5"], ["delta a:4>5"]),
            (.claim("a:2"), ["snapshot a:5"], ["delta a:2>5"]),
            (.claim("a:1"), ["snapshot a:5"], ["snapshot a:5"]),  // Not known any more.
            (.claim("a:6"), ["snapshot a:5"], ["snapshot a:5"]),  // Ahead of the node.
            (.claim("b:5"), ["snapshot a:5"], ["snapshot a:5"]),
            (.version("a", 5), [], []),
            (.version("a", 4), ["update a:5"], ["delta a:4>5"]),
            (.version("a", 2), ["update a:5"], ["delta a:2>5"]),
            (.version("a", 1), ["update a:5"], ["snapshot a:5"]),  // Not known any more.
            (.version("b", 9), ["update a:5"], ["snapshot a:5"]),  // Of another epoch.
        ]
        for (having, full, delta) in rows {
            #expect(messages(.full, having) == full, "\(having), full")
            #expect(messages(.delta, having) == delta, "\(having), delta")
        }
    }

    @Test("A new period is a snapshot for everybody, whatever a member has", arguments: [PushMode.full, .delta])
    func newPeriod(mode: PushMode) {
        var publisher = TestPublisher()
        let member = TestMember()
        let room = LoopRoom(key: TestPublisher.key(mode), encoding: .events, publication: publisher.publish("a", 1))
        let seat = room.enter(member, resume: nil)
        #expect(room.catchUp(seat))
        func push(_ publication: Publication) -> [String] {
            _ = room.take(publication)
            room.startRound()
            var left = 10
            _ = room.push(&left)
            return member.takeWords()
        }
        _ = member.takeWords()
        let change = push(publisher.publish("a", 2))
        #expect(change == [mode == .delta ? "delta a:1>2" : "update a:2"])
        #expect(push(publisher.publish("a", 3, period: "q", users: [])) == ["snapshot a:3"])
        #expect(push(publisher.publish("a", 4, period: "q")) == [mode == .delta ? "delta a:3>4" : "update a:4"])
        #expect(push(publisher.publish("b", 1, period: "r")) == ["snapshot b:1"], "also with another epoch")
        // A member comes back with a version of the period before.
        _ = room.take(publisher.publish("b", 2, period: "s"))
        room.rejoin(seat, resume: ResumePoint(epoch: "b", version: 1))
        #expect(room.catchUp(seat))
        #expect(member.takeWords() == ["snapshot b:2"])
    }

    @Test("Changes on a board with shared ranks are told by user, with positions and the period")
    func sharedRanks() {
        var publisher = TestPublisher()
        let member = TestMember()
        let first = publisher.publish("a", 1, ties: .shared, users: ["u1", "u2"])
        let room = LoopRoom(key: TestPublisher.key(.delta), encoding: .events, publication: first)
        #expect(room.catchUp(room.enter(member, resume: nil)))
        _ = room.take(publisher.publish("a", 2, ties: .shared, users: ["u2", "u1", "u3"]))
        #expect(room.catchUp(room.seats[0]))
        let message = member.received.last
        #expect(message?.words == "delta a:1>2" && message?.period == "p")
        #expect(
            message?.changes == ["move u2 1 1000 1", "move u1 2 999 2", "enter u3 3 998 3"])
    }

    @Test("A member that takes nothing is passed over, and gets the latest version alone when it takes again")
    func slowMembers() {
        var publisher = TestPublisher()
        let room = LoopRoom(key: TestPublisher.key(.full), encoding: .events, publication: publisher.publish("a", 1))
        let (quick, slow) = (TestMember(), TestMember())
        for member in [quick, slow] { #expect(room.catchUp(room.enter(member, resume: nil))) }
        slow.isWritable = false
        for version in 2...4 as ClosedRange<Int64> {
            // From the second on, the slow one lacks the one before.
            #expect(room.take(publisher.publish("a", version)) == (version == 2 ? 0 : 1))
            room.startRound()
            var left = 10
            #expect(room.push(&left) == 1)
        }
        #expect(!room.catchUp(room.seats[1]), "it does not take anything yet")
        slow.isWritable = true
        #expect(room.catchUp(room.seats[1]))
        #expect(!room.catchUp(room.seats[1]), "it has the latest")
        #expect(quick.takeWords() == ["snapshot a:1", "update a:2", "update a:3", "update a:4"])
        #expect(slow.takeWords() == ["snapshot a:1", "update a:4"])
    }

    @Test("Seats have their turn from the last to the first, as many as a slice allows")
    func slices() {
        var publisher = TestPublisher()
        let room = LoopRoom(key: TestPublisher.key(.full), encoding: .events, publication: nil)
        let members = (0..<5).map { _ in TestMember() }
        for member in members { _ = room.enter(member, resume: nil) }
        #expect(room.take(publisher.publish("a", 1)) == 0)
        #expect(room.unvisited == 0, "a round begins when it is started")
        room.startRound()
        for (slice, unvisited, sent) in [(2, 3, 2), (2, 1, 2), (9, 0, 1), (9, 0, 0)] {
            var left = slice
            #expect(room.push(&left) == sent)
            #expect(left == slice - sent && room.unvisited == unvisited)
            #expect(members.map { $0.received.isEmpty } == members.indices.map { $0 < unvisited })
        }
    }

    @Test("Before the first version there is nothing to send, and nobody to pass over")
    func noVersion() {
        var publisher = TestPublisher()
        let room = LoopRoom(key: TestPublisher.key(.full), encoding: .events, publication: nil)
        let member = TestMember()
        let seat = room.enter(member, resume: nil)
        room.startRound()
        var left = 10
        #expect(room.push(&left) == 0 && left == 10)
        #expect(!room.catchUp(seat))
        #expect(room.take(publisher.publish("a", 1)) == 0)
        #expect(room.take(publisher.publish("a", 2)) == 1)
    }

    @Test("A member that leaves frees its seat for the last one, and is owed nothing")
    func leaving() {
        var publisher = TestPublisher()
        let room = LoopRoom(key: TestPublisher.key(.full), encoding: .events, publication: publisher.publish("a", 1))
        let members = (0..<4).map { _ in TestMember() }
        let seats = members.map { room.enter($0, resume: nil) }
        room.startRound()
        room.leave(seats[1])
        room.leave(seats[1])
        #expect(room.seats.map(ObjectIdentifier.init) == [seats[0], seats[3], seats[2]].map(ObjectIdentifier.init))
        #expect(room.seats.map(\.place) == [0, 1, 2] && room.unvisited == 3)
        #expect(!room.catchUp(seats[1]) && members[1].received.isEmpty)
        #expect(room.take(publisher.publish("a", 2)) == 3, "those who are there, and nobody else")
        for seat in room.seats { room.leave(seat) }
        #expect(room.seats.isEmpty && room.unvisited == 0)
        #expect(room.take(publisher.publish("a", 3)) == 0)
    }

    @Test("A member that joins again is owed a version again, and counts once among those who lack it")
    func rejoining() {
        var publisher = TestPublisher()
        let room = LoopRoom(key: TestPublisher.key(.delta), encoding: .events, publication: publisher.publish("a", 1))
        let member = TestMember()
        let seat = room.enter(member, resume: nil)
        room.rejoin(seat, resume: nil)
        #expect(room.take(publisher.publish("a", 2)) == 1)
        #expect(room.catchUp(seat))
        room.rejoin(seat, resume: nil)
        #expect(room.catchUp(seat))
        room.rejoin(seat, resume: ResumePoint("a:1"))
        #expect(room.catchUp(seat))
        room.rejoin(seat, resume: ResumePoint("a:2"))
        #expect(!room.catchUp(seat), "it has what it says")
        #expect(member.takeWords() == ["snapshot a:2", "snapshot a:2", "delta a:1>2"])
        #expect(room.take(publisher.publish("a", 3)) == 0)
    }
}
