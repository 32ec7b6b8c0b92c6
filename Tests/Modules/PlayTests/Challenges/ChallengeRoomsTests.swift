import Play
import Players
import PostgresClient
import Storage
import TestSupport
import Testing

struct ChallengeRoomsTests {
    static func call(_ id: String, _ act: RoomCall.Act, as user: String = "u2") -> RoomCall {
        RoomCall(challenge: id, userID: user, act: act)
    }

    static func progress(_ value: Int, _ stamp: Int64, state: String? = nil, of user: String = "u2") -> RoomCall.Act {
        .progress(RoomProgress(userID: user, progress: value, state: state, stamp: stamp))
    }

    static func code(_ answer: RoomAnswer) -> String {
        if case .refused(let code, _) = answer { code } else { "\(answer)" }
    }

    @Test func room() async throws {
        try await withChallenges { house in
            let id = try await house.addReady(costs: [0, 7])
            let rooms = ChallengeRooms(challenges: house.store, live: house, logger: quietLogger)
            #expect(await rooms.answer(Self.call(id, .join)) == .done([]))
            #expect(await rooms.answer(Self.call(id, Self.progress(30, 5, state: "[1]"))) == .done([]))
            // An older one changes nothing, and nobody hears of it. Neither does a repeated one.
            #expect(await rooms.answer(Self.call(id, Self.progress(10, 4))) == .done([]))
            #expect(await rooms.answer(Self.call(id, Self.progress(30, 5, state: "[1]"))) == .done([]))
            #expect(house.record.progress.map(\.progress.progress) == [30])
            let latest = RoomProgress(userID: "u2", progress: 30, state: "[1]", stamp: 5)
            #expect(await rooms.answer(Self.call(id, .join, as: "u3")) == .done([latest]))

            #expect(
                await rooms.answer(Self.call(id, .hint))
                    == .message(
                        #"{"type":"hint","challenge":"\#(id)","index":0,"text":"hint 0","cost":0,"left":1}"#))
            #expect(Self.code(await rooms.answer(Self.call(id, .hint))) == "insufficient_funds")
            try await house.give(7, to: "u2")
            _ = await rooms.answer(Self.call(id, .hint))
            #expect(Self.code(await rooms.answer(Self.call(id, .hint))) == "no_more_hints")
            #expect(try await house.coins(of: "u2") == 0)
        }
    }

    @Test func refusals() async throws {
        try await withChallenges { house in
            let id = try await house.addChallenge(task: try await house.addTask())
            let rooms = ChallengeRooms(challenges: house.store, live: house, logger: quietLogger)
            #expect(await rooms.answer(Self.call(id, .join)) == .done([]))
            #expect(Self.code(await rooms.answer(Self.call(id, .hint))) == "challenge_not_ready")
            #expect(Self.code(await rooms.answer(Self.call(id, Self.progress(1, 1)))) == "challenge_not_ready")
            for act in [RoomCall.Act.join, .hint, Self.progress(1, 1)] {
                for unknown in [ChallengeID.random(), "x"] {
                    #expect(Self.code(await rooms.answer(Self.call(unknown, act))) == "unknown_challenge")
                }
            }
            for act in [
                Self.progress(101, 1), Self.progress(-1, 1), Self.progress(1, 1, of: "u3"),
                Self.progress(1, 1, state: String(repeating: "1", count: 1025)),
            ] {
                #expect(Self.code(await rooms.answer(Self.call(id, act))) == "invalid_input")
            }
            _ = await house.pool.shutdown(grace: .seconds(5))
            #expect(await rooms.answer(Self.call(id, .join)) == .unavailable)
        }
    }
}
