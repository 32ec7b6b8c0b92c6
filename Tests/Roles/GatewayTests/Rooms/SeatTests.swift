import Gateway
import Testing

/// The states of a seat: state, event, next state, and whether it lacks a publication.
@Suite struct SeatTests {
    private let room = LoopRoom(key: TestPublisher.key(.full), encoding: .events, publication: nil)

    private func seat(_ resume: ResumePoint? = nil) -> Seat {
        Seat(member: TestMember(), room: room, place: 7, resume: resume)
    }

    /// The state of a seat in a word.
    private func word(_ seat: Seat) -> String {
        switch seat.state {
        case .fresh: "fresh"
        case .resuming(let point): "resuming \(point.epoch):\(point.version)"
        case .seated: "seated \(seat.epochNumber):\(seat.version)"
        case .left: "left"
        }
    }

    @Test("A seat is fresh or resuming, then seated with each delivery, and starts over when its member joins again")
    func transitions() {
        var publisher = TestPublisher()
        let point = ResumePoint(epoch: "a", version: 3)
        let (first, second, other) = (
            publisher.publish("a", 4), publisher.publish("a", 5), publisher.publish("b", 1)
        )
        let events: [(name: String, apply: (Seat) -> Void, to: String)] = [
            ("deliver a:4", { $0.markDelivered(first) }, "seated 0:4"),
            ("deliver a:5", { $0.markDelivered(second) }, "seated 0:5"),
            ("deliver b:1", { $0.markDelivered(other) }, "seated 1:1"),
            ("rejoin", { $0.rejoin(nil) }, "fresh"),
            ("rejoin a:3", { $0.rejoin(point) }, "resuming a:3"),
            ("leave", { $0.leave() }, "left"),
        ]
        #expect(word(seat()) == "fresh")
        #expect(word(seat(point)) == "resuming a:3")
        for before in events {
            for event in events {
                for seat in [seat(), seat(point)] {
                    before.apply(seat)
                    event.apply(seat)
                    #expect(word(seat) == event.to, "\(before.name), \(event.name)")
                    #expect(seat.hasLeft == (event.to == "left"))
                    #expect(seat.place == 7)
                }
            }
        }
    }

    @Test("A seat lacks every publication until it has had one, then all but that one, and none once it has left")
    func lacks() {
        var publisher = TestPublisher()
        let had = publisher.publish("a", 4)
        let publications: [(name: String, publication: Publication?)] = [
            ("none", nil), ("the same", had), ("a later one", publisher.publish("a", 5)),
            ("the same version of another epoch", publisher.publish("b", 4)),
            ("the same version of another period", TestPublisher.next(after: had)),
        ]
        let rows: [(state: String, prepare: (Seat) -> Void, lacks: [Bool])] = [
            ("fresh", { _ in }, [true, true, true, true, true]),
            ("resuming", { $0.rejoin(ResumePoint(epoch: "a", version: 4)) }, [true, true, true, true, true]),
            ("seated", { $0.markDelivered(had) }, [true, false, true, true, true]),
            ("left", { $0.leave() }, [false, false, false, false, false]),
        ]
        for (state, prepare, lacks) in rows {
            let seat = seat()
            prepare(seat)
            for ((name, publication), expected) in zip(publications, lacks) {
                #expect(seat.lacks(publication) == expected, "\(state), \(name)")
            }
        }
    }
}
