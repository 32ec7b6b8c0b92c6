import Basics
import HTTPKit
import NIOCore
import Play
import Testing

/// Rules of badges: what they say, and what is refused.
struct BadgeRuleTests {
    @Test(arguments: [
        #"{"kind":"count","at_least":1}"#, #"{"kind":"count","at_least":3,"action":"kill","board":"b"}"#,
        #"{"kind":"points","at_least":100,"board":"b"}"#, #"{"kind":"streak","at_least":7}"#,
        #"{"kind":"rank","at_most":3}"#, #"{"kind":"rank","at_most":1,"board":"b"}"#,
        #"{"kind":"challenge","at_least":2}"#, #"{"kind":"badge_set","at_least":1,"badges":["a","b"]}"#,
    ])
    func `a rule is written as it was read`(_ json: String) throws {
        #expect(try #require(BadgeRule(json: json)).json == json)
    }

    @Test
    func `a set without a bound wants all badges`() {
        #expect(
            BadgeRule(json: #"{"kind":"badge_set","badges":["a","b"]}"#)
                == .badgeSet(atLeast: 2, badges: ["a", "b"]))
    }

    @Test(arguments: [
        (#"{}"#, "rule.kind"), (#"{"kind":"luck","at_least":1}"#, "rule.kind"), (#"{"kind":"count"}"#, "rule.at_least"),
        (#"{"kind":"count","at_least":0}"#, "rule.at_least"),
        (#"{"kind":"count","at_least":1,"at_most":1}"#, "rule.at_most"),
        (#"{"kind":"rank","at_least":1}"#, "rule.at_least rule.at_most"),
        (#"{"kind":"rank","at_most":1,"action":"a"}"#, "rule.action"),
        (#"{"kind":"streak","at_least":1,"board":"b"}"#, "rule.board"),
        (#"{"kind":"count","at_least":1,"action":"a b"}"#, "rule.action"),
        (#"{"kind":"count","at_least":1,"badges":["a"]}"#, "rule.badges"),
        (#"{"kind":"badge_set"}"#, "rule.badges"), (#"{"kind":"badge_set","badges":[]}"#, "rule.badges"),
        (#"{"kind":"badge_set","badges":["a","a"]}"#, "rule.badges"),
        (#"{"kind":"badge_set","badges":["a"],"at_least":2}"#, "rule.at_least"),
        (#"{"kind":"badge_set","badges":["me"]}"#, "rule.badges"),
        (#"{"kind":"count","at_least":1,"more":1}"#, "rule.more"), (#"[]"#, "rule"),
    ])
    func `a rule that is wrong is refused`(_ rule: String, _ fields: String) throws {
        let error = try #require(throws: APIError.self) {
            try BadgeDraft.badge(id: "me", ByteBuffer(string: #"{"name":"Me","rule":\#(rule)}"#))
        }
        #expect(error.code == .invalidInput)
        #expect(error.details.map(\.field).joined(separator: " ") == fields)
    }

    @Test
    func `all problems of a badge are told at once`() throws {
        let error = try #require(throws: APIError.self) {
            try BadgeDraft.badge(id: "a b", ByteBuffer(string: #"{"name":"","icon":"\u0007","more":1}"#))
        }
        #expect(error.details.map(\.field) == ["more", "id", "name", "icon", "rule"])
    }

    @Test
    func `rules hold for facts`() {
        var facts = PlayerFacts()
        facts.count(action: "kill", points: 60, boards: [("b", 5)])
        facts.count(action: "kill", points: -20, boards: [("b", 2)])
        facts.count(action: "sys-challenge", points: 1, boards: [("global", 9)])
        func holds(_ json: String) -> Bool? { BadgeRule(json: json)?.holds(for: facts, playBoard: "global") }
        #expect(holds(#"{"kind":"count","at_least":3}"#) == true)
        #expect(holds(#"{"kind":"count","at_least":3,"action":"kill"}"#) == false)
        #expect(holds(#"{"kind":"count","at_least":2,"action":"kill","board":"b"}"#) == true)
        // The most that the points ever were counts.
        #expect(holds(#"{"kind":"points","at_least":60}"#) == true)
        #expect(holds(#"{"kind":"points","at_least":61}"#) == false)
        #expect(holds(#"{"kind":"rank","at_most":2,"board":"b"}"#) == true)
        #expect(holds(#"{"kind":"rank","at_most":8}"#) == false)
        #expect(holds(#"{"kind":"rank","at_most":9}"#) == true)
        #expect(holds(#"{"kind":"challenge","at_least":1}"#) == true)
        #expect(holds(#"{"kind":"streak","at_least":1}"#) == false)
    }

    @Test
    func `sets follow from the badges that were just given`() {
        var facts = PlayerFacts()
        facts.count(action: "kill", points: 1, boards: [])
        let rules: [(id: String, rule: BadgeRule)] = [
            ("all", .badgeSet(atLeast: 2, badges: ["one", "both"])), ("both", .badgeSet(atLeast: 1, badges: ["one"])),
            ("one", .count(atLeast: 1, action: nil, board: nil)),
        ]
        #expect(facts.award(rules, playBoard: "global") == ["one", "both", "all"])
        #expect(facts.award(rules, playBoard: "global") == [])
    }
}
