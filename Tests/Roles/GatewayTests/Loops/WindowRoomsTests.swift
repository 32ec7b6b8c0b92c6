import Basics
import Gateway
import Leaderboard
import TestSupport
import Testing
import WebSocket

/// How versions of a ranking reach its rooms, in rounds that are cut into slices.
@Suite struct WindowRoomsTests {
    private func rooms(with members: [TestMember], in keys: [RoomKey]) -> WindowRooms {
        let rooms = WindowRooms()
        for (index, member) in members.enumerated() {
            _ = rooms.room(keys[index % keys.count], .events).enter(member, resume: nil)
        }
        return rooms
    }

    @Test("There is one room for each key and encoding, until nobody is in it")
    func oneRoomForEachKey() {
        let rooms = WindowRooms()
        #expect(rooms.isEmpty)
        let room = rooms.room(TestPublisher.key(.full), .events)
        #expect(rooms.room(TestPublisher.key(.full), .events) === room)
        #expect(rooms.room(TestPublisher.key(.delta), .events) !== room)
        #expect(rooms.room(TestPublisher.key(.full, limit: 3), .events) !== room)
        #expect(rooms.room(TestPublisher.key(.full), .webSocket(.plain)) !== room)
        #expect(rooms.rooms.count == 4)
        let seat = room.enter(TestMember(), resume: nil)
        rooms.removeIfEmpty(room)
        #expect(rooms.rooms.count == 4)
        room.leave(seat)
        for room in rooms.rooms { rooms.removeIfEmpty(room) }
        #expect(rooms.isEmpty)
    }

    @Test("A version is taken if it is newer, and is due until every seat had its turn")
    func due() {
        var publisher = TestPublisher()
        let rooms = rooms(with: [TestMember(), TestMember()], in: [TestPublisher.key(.full)])
        #expect(!rooms.isDue && rooms.push(slice: 9) == 0)
        let (first, second) = (publisher.publish("a", 1), publisher.publish("a", 2))
        #expect(rooms.take(second) == 0)
        #expect(rooms.take(second) == nil && rooms.take(first) == nil)
        #expect(rooms.isDue)
        #expect(rooms.push(slice: 1) == 1 && rooms.isDue)
        #expect(rooms.push(slice: 1) == 1 && !rooms.isDue)
        #expect(rooms.push(slice: 1) == 0)
    }

    @Test("A slice goes over the rooms in turn, and ends in the middle of one")
    func slicesCrossRooms() {
        var publisher = TestPublisher()
        let members = (0..<6).map { _ in TestMember() }
        let rooms = rooms(with: members, in: [TestPublisher.key(.full), TestPublisher.key(.delta)])
        _ = rooms.take(publisher.publish("a", 1))
        #expect(rooms.push(slice: 4) == 4)
        #expect(rooms.rooms.map(\.unvisited) == [0, 2] && rooms.isDue)
        #expect(rooms.push(slice: 4) == 2)
        #expect(rooms.rooms.map(\.unvisited) == [0, 0] && !rooms.isDue)
        #expect(members.allSatisfy { $0.received.count == 1 })
    }

    @Test(
        "A version that comes during a round is what the rest of the round gets; another round follows for the others")
    func versionDuringARound() {
        var publisher = TestPublisher()
        let members = (0..<4).map { _ in TestMember() }
        let rooms = rooms(with: members, in: [TestPublisher.key(.full)])
        _ = rooms.take(publisher.publish("a", 1))
        #expect(rooms.push(slice: 2) == 2)
        #expect(rooms.take(publisher.publish("a", 2)) == 2, "two did not get the first one, and never will")
        #expect(rooms.push(slice: 2) == 2 && rooms.isDue)
        #expect(rooms.push(slice: 9) == 2 && !rooms.isDue)
        let late = ["snapshot a:2"]
        let early = ["snapshot a:1", "update a:2"]
        #expect(members.map { $0.takeWords() } == [late, late, early, early])
    }

    @Test("A room that is made late has the latest version, and gets no round for it")
    func lateRoom() {
        var publisher = TestPublisher()
        let rooms = WindowRooms()
        _ = rooms.take(publisher.publish("a", 1))
        _ = rooms.push(slice: 1)
        let member = TestMember()
        let room = rooms.room(TestPublisher.key(.full), .events)
        let seat = room.enter(member, resume: nil)
        #expect(!rooms.isDue)
        #expect(room.catchUp(seat))
        #expect(member.takeWords() == ["snapshot a:1"])
    }

    /// Members that come, go, join again and stop reading at random, versions and epochs at random.
    @Test(
        "Every message is the one that its seat is owed, and all end with the latest",
        arguments: 1...20 as ClosedRange<UInt64>)
    func agreesWithTheOracle(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let crowd = Crowd(historyVersionsMax: Int(seed % 6))
        for _ in 0..<500 { crowd.step(using: &random) }
        crowd.settle()
        #expect(crowd.problems.isEmpty, "seed \(seed): \(crowd.problems.prefix(3))")
        #expect(crowd.messageCount > 100, "too few messages to say anything")
    }
}
