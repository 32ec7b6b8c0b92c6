import HTTPTypes
import Play
import PostgresClient
import Signing
import Storage
import StrictJSON
import TestSupport
import Testing

/// The routes of gamification, analytics and notifications.
struct GamificationRoutesTests {
    @Test
    func `a user reads points, streak, level and badges`() async throws {
        try await withFollowedWorld { world in
            let stage = try await GamificationStage(world)
            #expect(
                try await stage.send(.get, "/gamification/points").body
                    == #"{"points":0,"today":0,"tasks":0,"challenges":0}"#)
            #expect(
                try await stage.send(.get, "/gamification/streak").body
                    == #"{"days":0,"longest":0,"freezes":0,"at_risk":false}"#)
            let rule = #"{"kind":"count","at_least":1,"action":"sys-task"}"#
            let badge = #"{"name":"First","icon":"star","rule":\#(rule)}"#
            let made = try await stage.send(.put, "/badges/first", badge, as: "root", .admin)
            #expect(made.status == 201)
            #expect(
                made.body == #"{"id":"first","name":"First","description":"","icon":"star","rule":\#(Self.ordered)}"#)
            #expect(try await stage.send(.put, "/badges/first", badge, as: "root", .admin).status == 200)
            try await world.follow([FollowedWorld.event(1, of: "u1", "sys-task", points: 120)])
            #expect(
                try await stage.send(.get, "/gamification/points").body
                    == #"{"points":120,"today":120,"tasks":1,"challenges":0}"#)
            #expect(
                try await stage.send(.get, "/gamification/level").body
                    == #"{"level":2,"points":120,"next_level_at":300}"#)
            let held = try await stage.send(.get, "/gamification/badges").json["badges"]?.array ?? []
            #expect(held.map { $0["id"]?.string } == ["first"])
            #expect(held.first?["retroactive"]?.bool == false)
            #expect(try await stage.send(.get, "/badges").json["badges"]?.array?.count == 1)
            #expect(try await stage.send(.get, "/gamification/leaderboard", as: nil).body == #""board""#)
        }
    }

    private static let ordered = #"{"kind":"count","at_least":1,"action":"sys-task"}"#

    @Test
    func `what is wrong is refused`() async throws {
        try await withFollowedWorld { world in
            let stage = try await GamificationStage(world)
            let good = #"{"name":"n","rule":{"kind":"streak","at_least":1}}"#
            #expect(try await stage.send(.get, "/gamification/points", as: nil).outcome == "401 unauthorized")
            #expect(try await stage.send(.put, "/badges/b", good).outcome == "403 forbidden")
            #expect(
                try await stage.send(.put, "/badges/a%20b", good, as: "r", .admin).outcome == "400 invalid_input id")
            #expect(
                try await stage.send(.put, "/badges/b", #"{"name":"n"}"#, as: "r", .admin).outcome
                    == "400 invalid_input rule")
            #expect(try await stage.send(.delete, "/badges/b", as: "r", .admin).outcome == "404 unknown_badge")
            #expect(try await stage.send(.delete, "/badges/b").outcome == "403 forbidden")
            for days in ["0", "367", "-1", "x", "1.5"] {
                #expect(try await stage.send(.get, "/analytics/me?days=\(days)").outcome == "400 invalid_input days")
            }
            #expect(try await stage.send(.get, "/analytics/overview").outcome == "403 forbidden")
            for day in ["2026-02-30", "0000-01-01"] {
                #expect(
                    try await stage.send(.get, "/analytics/overview?day=\(day)", as: "r", .admin).outcome
                        == "400 invalid_input day")
            }
            #expect(try await stage.send(.get, "/analytics/overview?day=0001-01-01", as: "r", .admin).status == 200)
            #expect(try await stage.send(.get, "/notifications?unread=1").outcome == "400 invalid_input unread")
            #expect(try await stage.send(.get, "/notifications?cursor=x").outcome == "400 invalid_input cursor")
            for (body, fields) in [
                ("{}", "body"), (#"{"ids":["1"],"all":true}"#, "body"), (#"{"ids":[]}"#, "ids"),
                (#"{"ids":["x"]}"#, "ids"), (#"{"all":false}"#, "all"), (#"{"all":true,"more":1}"#, "more"),
            ] {
                let outcome = try await stage.send(.post, "/notifications/read", body).outcome
                #expect(outcome == "400 invalid_input \(fields)")
            }
            for body in ["{}", #"{"preferences":{"luck":true}}"#] {
                let outcome = try await stage.send(.put, "/notifications/preferences", body).outcome
                #expect(outcome == "400 invalid_input preferences")
            }
        }
    }

    @Test
    func `a user reads notifications page by page, and turns kinds off`() async throws {
        try await withFollowedWorld { world in
            let stage = try await GamificationStage(world)
            for number in 1...3 {
                _ = try await world.pool.transaction {
                    try PostgresNotifications.add(
                        kind: .reward, user: "u1", reference: "\(number)", title: "T\(number)", on: $0)
                }
            }
            var path = "/notifications?limit=2"
            var titles: [String] = []
            while true {
                let page = try await stage.send(.get, path).json
                titles += (page["notifications"]?.array ?? []).compactMap { $0["title"]?.string }
                guard let next = page["next"]?.string else { break }
                path = "/notifications?limit=2&cursor=\(next)"
            }
            #expect(titles == ["T3", "T2", "T1"])
            #expect(try await stage.send(.post, "/notifications/read", #"{"all":true}"#).body == #"{"read":3}"#)
            #expect(
                try await stage.send(.get, "/notifications?unread=true").body == #"{"notifications":[],"next":null}"#)
            let wishes = try await stage.send(
                .put, "/notifications/preferences", #"{"preferences":{"reward":false}}"#)
            #expect(wishes.json["preferences"]?["reward"]?.bool == false)
            #expect(wishes.json["preferences"]?["badge"]?.bool == true)
            #expect(try await stage.send(.get, "/notifications/preferences").body == wishes.body)
        }
    }

    @Test
    func `analytics are shown`() async throws {
        try await withFollowedWorld { world in
            let stage = try await GamificationStage(world)
            try await world.follow([FollowedWorld.event(1, of: "u1", "sys-task", rank: 4)], world.analytics)
            #expect(
                try await stage.send(.get, "/analytics/me").body
                    == #"{"days":[{"day":"2026-11-28","points":5,"events":1,"tasks":1,"rank":4}],"#
                    + #""active_days":1,"points":5,"tasks":1}"#)
            #expect(
                try await stage.send(.get, "/analytics/overview?day=2026-11-29", as: "r", .admin).body
                    == #"{"day":"2026-11-29","dau":0,"wau":1,"mau":1,"new_users":0,"retention":[{"cohort":"#
                    + #""2026-11-28","users":1,"day_1":0,"day_7":null,"day_30":null}],"actions":[],"movers":[]}"#)
        }
    }
}
