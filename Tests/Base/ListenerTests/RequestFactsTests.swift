import Basics
import Listener
import NIOHTTP1
import TestSupport
import Testing

/// The facts that the listener reads from a request's head.
@Suite struct RequestFactsTests {
    private func facts(
        _ fields: [(String, String)], method: HTTPMethod = .POST, version: HTTPVersion = .http1_1
    ) -> RequestFacts {
        RequestFacts(HTTPRequestHead(version: version, method: method, uri: "/", headers: HTTPHeaders(fields)))
    }

    /// Facts of a request with a valid `Host` and these fields.
    private func hosted(
        _ fields: (String, String)..., method: HTTPMethod = .POST, version: HTTPVersion = .http1_1
    ) -> RequestFacts {
        facts([("Host", "a")] + fields, method: method, version: version)
    }

    @Test("A plain request has no fault, keeps the connection and has no body")
    func plain() {
        let facts = hosted(method: .GET)
        #expect(facts.fault == nil)
        #expect(!facts.isLast && !facts.isHead && !facts.isHTTP10)
        #expect(!facts.expectsContinue && !facts.hasContentCoding)
        #expect(facts.contentLength == 0 && facts.parserAfterwards == .goesOn)
        #expect(hosted(method: .HEAD).isHead)
    }

    @Test("HTTP/1.1 needs one valid Host, HTTP/1.0 may leave it out")
    func hosts() {
        let rows: [(hosts: [String], isRight11: Bool, isRight10: Bool)] = [
            ([], false, true), (["a"], true, true), ([""], true, true), (["a:80 "], true, true),
            (["[::1]:80"], true, true), (["a", "a"], false, false), (["a b"], false, false), (["u@a"], false, false),
            (["[::1"], false, false),
        ]
        for (hosts, isRight11, isRight10) in rows {
            let fields = hosts.map { ("hOsT", $0) }
            #expect((facts(fields).fault == nil) == isRight11, "\(hosts)")
            #expect((facts(fields, version: .http1_0).fault == nil) == isRight10, "\(hosts), HTTP/1.0")
        }
    }

    @Test("Connections are kept in HTTP/1.1 unless it says close, and in HTTP/1.0 only if it says keep-alive")
    func keepAlive() {
        let rows: [(connection: String?, isLast11: Bool, isLast10: Bool)] = [
            (nil, false, true), ("close", true, true), ("keep-alive", false, false), ("Close", true, true),
            ("Keep-Alive", false, false), ("x", false, true), ("x, close", true, true),
        ]
        for (connection, isLast11, isLast10) in rows {
            let fields = [("Host", "a")] + (connection.map { [("Connection", $0)] } ?? [])
            #expect(facts(fields).isLast == isLast11, "\(connection ?? "nil")")
            #expect(facts(fields, version: .http1_0).isLast == isLast10, "\(connection ?? "nil"), HTTP/1.0")
        }
    }

    @Test("A length that cannot be read counts as endless, so that no route takes the body")
    func contentLengths() {
        let rows: [(text: String, length: Int)] = [
            ("0", 0), ("7", 7), ("7 ", 7), ("7\t", 7), ("9223372036854775807", .max), ("9223372036854775808", .max),
            ("x", .max), ("", .max), ("7, 7", .max),
        ]
        for (text, length) in rows { #expect(hosted(("content-LENGTH", text)).contentLength == length, "\(text)") }
        #expect(hosted(("Transfer-Encoding", "chunked")).contentLength == 0)
    }

    @Test("The one transfer coding is chunked, named once, and not in HTTP/1.0")
    func transferEncodings() {
        let rows: [(codings: [String], fault: RequestFacts.Fault?)] = [
            (["chunked"], nil), (["Chunked "], nil), (["gzip"], .malformed), (["identity"], .malformed),
            (["gzip, chunked"], .malformed), (["chunked", "chunked"], .malformed), (["chunked", "gzip"], .malformed),
            ([""], .malformed), ([" chunked"], .malformed), (["chunked;q=1"], .malformed),
        ]
        for (codings, fault) in rows {
            let fields = [("Host", "a")] + codings.map { ("Transfer-Encoding", $0) }
            #expect(facts(fields).fault == fault, "\(codings)")
            #expect(facts(fields, version: .http1_0).fault == .malformed, "\(codings), HTTP/1.0")
        }
    }

    @Test("A client says once who it is, and expects 100-continue or nothing")
    func credentialsAndExpectations() {
        #expect(hosted(("Authorization", "x")).fault == nil)
        #expect(hosted(("Authorization", "x"), ("authorization", "x")).fault == .malformed)
        let rows: [(expect: String, waits: Bool, fault: RequestFacts.Fault?)] = [
            ("100-continue", true, nil), ("100-CONTINUE ", true, nil), ("", false, nil), (" ", false, nil),
            ("200-ok", false, .expectation), ("100-continue, x", false, .expectation),
        ]
        for (expect, waits, fault) in rows {
            let given = hosted(("Expect", expect))
            #expect(given.expectsContinue == waits && given.fault == fault, "\(expect)")
            let old = hosted(("Expect", expect), version: .http1_0)
            #expect(!old.expectsContinue && old.fault == nil, "\(expect), HTTP/1.0")
        }
    }

    @Test("CONNECT is refused as a tunnel, and a malformed request as malformed, whatever else is wrong with it")
    func precedence() {
        #expect(hosted(method: .CONNECT).fault == .tunnel)
        #expect(hosted(method: .CONNECT).isLast)
        #expect(hosted(("Expect", "x"), method: .CONNECT).fault == .tunnel)
        #expect(facts([], method: .CONNECT).fault == .malformed)
        #expect(facts([("Expect", "x")]).fault == .malformed)
    }

    @Test("The body is coded if one of its codings is not identity")
    func contentCodings() {
        let rows: [(codings: [String], isCoded: Bool)] = [
            ([], false), (["identity"], false), (["Identity , identity"], false), ([""], false), (["gzip"], true),
            (["identity, br"], true), (["identity", "gzip"], true), (["gzip", "identity"], true),
        ]
        for (codings, isCoded) in rows {
            let fields = [("Host", "a")] + codings.map { ("Content-Encoding", $0) }
            #expect(facts(fields).hasContentCoding == isCoded, "\(codings)")
        }
    }

    @Test("The parser stops after an offered upgrade, and a list that it may read otherwise ends the connection")
    func upgrades() {
        let rows: [(fields: [(String, String)], afterwards: RequestFacts.ParserAfterwards)] = [
            ([("Connection", "upgrade")], .goesOn),
            ([("Upgrade", "x")], .goesOn),
            ([("Upgrade", "x"), ("Connection", "keep-alive")], .goesOn),
            ([("Upgrade", "x"), ("Connection", "Upgrade")], .stops),
            ([("Upgrade", "x"), ("Connection", "keep-alive,  UPGRADE ")], .stops),
            ([("Upgrade", "x"), ("Connection", "x"), ("Connection", "upgrade")], .stops),
            ([("Upgrade", "x"), ("Connection", "x-upgrade")], .unclear),
            ([("Upgrade", "x"), ("Connection", "upgrade\t")], .unclear),
            ([("Upgrade", "x"), ("Connection", "upgrade"), ("Connection", "upgraded")], .unclear),
            ([("Upgrade", "x"), ("Connection", "upgrade"), ("Proxy-Connection", "upgrade")], .unclear),
            ([("Upgrade", "x"), ("Proxy-Connection", "keep-alive")], .goesOn),
        ]
        for (fields, afterwards) in rows {
            let given = facts([("Host", "a")] + fields)
            #expect(given.parserAfterwards == afterwards, "\(fields)")
            #expect(given.isLast == (afterwards == .unclear), "\(fields)")
        }
        var renewed = hosted(("Upgrade", "x"), ("Connection", "upgrade"))
        renewed.renewParser()
        #expect(renewed.parserAfterwards == .goesOn)
    }

    /// Heads with fields drawn at random, each with what it means beside it.
    @Test("Random heads mean what the sum of their fields means", arguments: 1...8 as ClosedRange<UInt64>)
    func agreesWithTheOracle(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<4_000 {
            let head = RandomHead(using: &random)
            let given = RequestFacts(head.head)
            let what = "\(head.head.method) \(head.head.version) \(head.head.headers)"
            #expect(given.fault == head.fault, "\(what)")
            #expect(given.isLast == head.isLast, "\(what)")
            #expect(given.expectsContinue == head.expectsContinue, "\(what)")
            #expect(given.contentLength == head.contentLength, "\(what)")
            #expect(given.hasContentCoding == head.hasContentCoding, "\(what)")
            #expect(given.parserAfterwards == head.parserAfterwards, "\(what)")
            #expect(given.isHead == (head.head.method == .HEAD), "\(what)")
            #expect(given.isHTTP10 == (head.head.version == .http1_0), "\(what)")
        }
    }
}

/// A head made of fields whose meaning is known, and the meaning of all of them together.
private struct RandomHead {
    private(set) var head: HTTPRequestHead
    private(set) var fault: RequestFacts.Fault?
    private(set) var isLast = false
    private(set) var expectsContinue = false
    private(set) var contentLength = 0
    private(set) var hasContentCoding = false
    private(set) var parserAfterwards = RequestFacts.ParserAfterwards.goesOn

    init(using random: inout SplitMix64) {
        let is10 = Int.random(in: 0..<4, using: &random) == 0
        let method = [HTTPMethod.GET, .POST, .HEAD, .CONNECT].randomElement(using: &random) ?? .GET
        head = HTTPRequestHead(version: is10 ? .http1_0 : .http1_1, method: method, uri: "/")
        var isMalformed = false
        var isUnexpected = false

        let hosts = [0, 1, 1, 1, 1, 1, 1, 2].randomElement(using: &random) ?? 1
        for _ in 0..<hosts {
            let (value, isValid) = add("Host", [("a", true), ("b:80", true), ("", true), ("a b", false)], &random)
            _ = value
            isMalformed = isMalformed || !isValid
        }
        if is10 ? hosts > 1 : hosts != 1 { isMalformed = true }

        let codings = [0, 0, 0, 1, 2].randomElement(using: &random) ?? 0
        for _ in 0..<codings {
            let (_, isChunked) = add(
                "Transfer-Encoding", [("chunked", true), ("CHUNKED\t", true), ("br", false)], &random)
            isMalformed = isMalformed || !isChunked
        }
        if codings > 1 || (is10 && codings > 0) { isMalformed = true }

        let credentials = [0, 1, 1, 2].randomElement(using: &random) ?? 0
        for _ in 0..<credentials { _ = add("Authorization", [("Bearer x", true)], &random) }
        if credentials > 1 { isMalformed = true }

        for _ in 0..<Int.random(in: 0...2, using: &random) {
            contentLength = add("Content-Length", [("5", 5), ("70 ", 70), ("x", .max), ("", .max)], &random).1
        }
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            let isCoded = add("Content-Encoding", [("identity", false), ("", false), ("gzip", true)], &random).1
            hasContentCoding = hasContentCoding || isCoded
        }
        if Int.random(in: 0..<3, using: &random) == 0 {
            let waits = add("Expect", [("100-continue", true), ("100-Continue ", true), ("x", false)], &random).1
            if !is10 { (expectsContinue, isUnexpected) = (waits, !waits) }
        }
        addConnection(is10: is10, &random)
        if isMalformed {
            fault = .malformed
        } else if method == .CONNECT {
            (fault, isLast) = (.tunnel, true)
        } else if isUnexpected {
            fault = .expectation
        }
    }

    /// Adds what says how long the connection lives, and what becomes of it.
    private mutating func addConnection(is10: Bool, _ random: inout SplitMix64) {
        let offersUpgrade = Int.random(in: 0..<3, using: &random) == 0
        if offersUpgrade { _ = add("Upgrade", [("websocket", true), ("h2c", true)], &random) }
        isLast = is10
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            _ = add("Connection", [("close", true), ("Close", true)], &random)
            isLast = true
        case 1:
            _ = add("Connection", [("keep-alive", true)], &random)
            isLast = false
        default: break
        }
        var outcomes: [RequestFacts.ParserAfterwards] = []
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            let lists: [(String, RequestFacts.ParserAfterwards)] = [
                ("Upgrade", .stops), ("x, upgrade ", .stops), ("x", .goesOn), ("upgrades", .unclear),
                ("x,upgrade\t,y", .unclear),
            ]
            outcomes.append(add("Connection", lists, &random).1)
        }
        if Int.random(in: 0..<8, using: &random) == 0 {
            outcomes.append(add("Proxy-Connection", [("Upgrade", .unclear), ("x", .goesOn)], &random).1)
        }
        guard offersUpgrade else { return }
        if outcomes.contains(.stops) { parserAfterwards = .stops }
        if outcomes.contains(.unclear) { (parserAfterwards, isLast) = (.unclear, true) }
    }

    /// Adds one field, and says which value it got and what that means.
    private mutating func add<Meaning>(
        _ name: String, _ values: [(String, Meaning)], _ random: inout SplitMix64
    ) -> (String, Meaning) {
        let choice = values[Int.random(in: values.indices, using: &random)]
        head.headers.add(name: Bool.random(using: &random) ? name : name.uppercased(), value: choice.0)
        return choice
    }
}
