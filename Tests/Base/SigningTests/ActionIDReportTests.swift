import Signing
import Testing

/// The report of `scorecast action --verify`. It must agree with the check that decides.
@Suite("Problems with an action id") struct ActionIDReportTests {
    private static let now: Int64 = 1_790_000_000_000
    private static let key = Array("0123456789abcdef0123456789abcdef".utf8)

    private static func keys(_ ids: String...) throws -> ActionKeys {
        try ActionKeys(ids.map { (id: $0, key: key) })
    }

    private static func id(_ keyID: String = "k1", ago: Int64 = 1_000, score: Int64? = nil) throws -> String {
        try ActionIDSigner(keys: try keys(keyID)).sign(
            action: "kill", nonce: "nonce0001", issuedAt: now - ago, score: score, userID: "u1")
    }

    private static func wrong(_ id: String, user: String = "u1") throws -> [String] {
        let verifier = ActionIDVerifier(keys: try keys("k1", "k2"))
        let report = verifier.report(id, userID: user, now: now)
        let decision = Result { try verifier.verify(id, userID: user, now: now) }
        #expect(report.isGood == ((try? decision.get()) != nil), "the report and the decision differ")
        #expect(report.lines.allSatisfy { !$0.text.isEmpty })
        return report.lines.filter { !$0.passes }.map(\.check)
    }

    @Test("a good id passes every check")
    func good() throws {
        #expect(try Self.wrong(Self.id()) == [])
        #expect(try Self.wrong(Self.id("k2", score: -7)) == [])
        #expect(try Self.wrong(Self.id(ago: 600_000)) == [])
        #expect(try Self.wrong(Self.id(ago: -30_000)) == [])
    }

    @Test("each check fails for itself, and together")
    func bad() throws {
        #expect(try Self.wrong(Self.id(), user: "u2") == ["signature"])
        #expect(try Self.wrong(Self.id("k9")) == ["key", "signature"])
        #expect(try Self.wrong(Self.id(ago: 600_001)) == ["time"])
        #expect(try Self.wrong(Self.id(ago: -30_001)) == ["time"])
        #expect(try Self.wrong(Self.id(ago: 700_000), user: "u2") == ["signature", "time"])
        // In seconds, as many would write it.
        let seconds = "v1.k1.kill.nonce0001.1790000000.-." + String(repeating: "A", count: 43)
        #expect(try Self.wrong(seconds) == ["signature", "time"])
    }

    @Test("the time is told in seconds beyond the limit")
    func time() throws {
        let verifier = ActionIDVerifier(keys: try Self.keys("k1"))
        let late = verifier.report(try Self.id(ago: 612_000), userID: "u1", now: Self.now).lines.last
        #expect(late?.text.contains("expired 12 s ago") == true)
        let early = verifier.report(try Self.id(ago: -45_000), userID: "u1", now: Self.now).lines.last
        #expect(early?.text.contains("45 s in the future, 15 s more") == true)
    }

    @Test(
        "a malformed id is told which part is wrong",
        arguments: [
            ("", "7"), ("hello", "7"), ("v1.k1.kill.nonce0001.1790000000000.-", "7"),
            ("v2.k1.kill.nonce0001.1790000000000.-.S", "v1"), ("v1.k 1.kill.nonce0001.1790000000000.-.S", "key id"),
            ("v1.k1.k!ll.nonce0001.1790000000000.-.S", "action"), ("v1.k1.kill.short.1790000000000.-.S", "nonce"),
            ("v1.k1.kill.nonce0001.17.9e.-.S", "7"), ("v1.k1.kill.nonce0001.1790-.-.S", "issue time"),
            ("v1.k1.kill.nonce0001.1790000000000.+5.S", "score"),
            ("v1.k1.kill.nonce0001.1790000000000.-.c2hvcnQ", "signature has 7"),
        ])
    func form(_ id: String, _ word: String) throws {
        let signature = String(repeating: "A", count: 43)
        let whole = id.hasSuffix(".S") ? id.dropLast() + signature : id
        let report = ActionIDVerifier(keys: try Self.keys("k1")).report(String(whole), userID: "u1", now: Self.now)
        #expect(report.lines.map(\.check) == ["form"])
        #expect(report.lines.first?.text.contains(word) == true, "\(report.lines)")
    }
}
