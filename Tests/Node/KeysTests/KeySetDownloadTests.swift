import Keys
import NIOCore
import NIOHTTP1
import NIOPosix
import NodeTestSupport
import Settings
import Signing
import TestSupport
import Testing

/// Downloads from a server in this process.
@Suite("Downloading a key set", .timeLimit(.minutes(1)))
struct KeySetDownloadTests {
    private static let document = keySetDocument(SigningKey("one"))

    private var limits: KeySetDownload.Limits {
        var limits = KeySetDownload.Limits()
        limits.silence = .seconds(10)
        limits.total = .seconds(20)
        return limits
    }

    /// Returns the error of a download from this server.
    private func failure(_ answer: KeyServer.Answer, _ limits: KeySetDownload.Limits? = nil) async throws -> String {
        var description: String?
        try await KeyServer.run(answer) { server in
            let download = try KeySetDownload(url: server.url, limits: limits ?? self.limits)
            description = await #expect(throws: KeySetUnreachable.self) { try await download.read() }?.description
            #expect(server.requests == ["/keys"])
        }
        return try #require(description)
    }

    @Test("fetches the document again each time")
    func document() async throws {
        try await KeyServer.run(.document(Self.document)) { server in
            let download = try KeySetDownload(url: server.url, limits: limits)
            #expect(try await download.read() == Array(Self.document.utf8))
            server.set(.document("other"))
            #expect(try await download.read() == Array("other".utf8))
            #expect(server.requests == ["/keys", "/keys"])
        }
    }

    @Test("checks the server's certificate and its name")
    func certificate() async throws {
        try await KeyServer.run(.document(Self.document), tls: true) { server in
            let trusting = try KeySetDownload(url: server.url, limits: limits, trustRoots: try TestCertificate.root())
            #expect(try await trusting.read() == Array(Self.document.utf8))
            let strict = try KeySetDownload(url: server.url, limits: limits)
            await #expect(throws: KeySetUnreachable.self) { try await strict.read() }
            #expect(server.requests.count == 1)
        }
        // The certificate is for 127.0.0.1.
        try await KeyServer.run(.document(Self.document), host: "127.0.0.2", tls: true) { server in
            let other = try KeySetDownload(url: server.url, limits: limits, trustRoots: try TestCertificate.root())
            await #expect(throws: KeySetUnreachable.self) { try await other.read() }
            #expect(server.requests.isEmpty)
        }
    }

    @Test("does not follow redirects, and accepts only 200")
    func statuses() async throws {
        try await KeyServer.run(.document(Self.document)) { target in
            let redirect = KeyServer.Answer.status(.movedPermanently, [("Location", target.url)])
            let message = try await failure(redirect)
            #expect(message.contains("status 301"))
            #expect(target.requests.isEmpty)
        }
        #expect(try await failure(.status(.notFound)).contains("status 404"))
        #expect(try await failure(.status(.noContent)).contains("status 204"))
        #expect(try await failure(.status(.internalServerError)).contains("status 500"))
    }

    @Test("accepts no more bytes than allowed, announced or not")
    func size() async throws {
        #expect(try await failure(.chunks(bytes: 2 * KeySet.bytesMax)).contains("more than \(KeySet.bytesMax) bytes"))
        #expect(try await failure(.promise(bytes: 1 << 40)).contains("more than \(KeySet.bytesMax) bytes"))
    }

    @Test("does not wait for a silent server")
    func silence() async throws {
        var limits = limits
        // This is long enough for the request to arrive on a busy machine.
        limits.silence = .seconds(1)
        let start = ContinuousClock.now
        _ = try await failure(.silence, limits)
        _ = try await failure(.promise(bytes: 100), limits)
        #expect(ContinuousClock.now - start < .seconds(30))
    }

    @Test("does not wait for a slow server that is never silent")
    func slowness() async throws {
        var limits = limits
        limits.total = .milliseconds(500)
        let start = ContinuousClock.now
        #expect(try await failure(.drip(every: .milliseconds(20)), limits).contains("did not come within"))
        #expect(ContinuousClock.now - start < .seconds(30))
    }

    @Test("reports that nobody listens")
    func refusedConnection() async throws {
        var url = ""
        try await KeyServer.run(.silence) { url = $0.url }
        let download = try KeySetDownload(url: url, limits: limits)
        await #expect(throws: KeySetUnreachable.self) { try await download.read() }
    }

    @Test(
        "asks only https servers, and others only on this machine",
        arguments: [
            ("https://id.example.com/jwks.json", true), ("HTTPS://id.example.com", true),
            ("https://u:p@id.example.com", false),
            ("http://127.0.0.1:80/", true),
            ("http://127.9.9.9", true), ("http://[::1]:8080/keys", true), ("http://[::1]", true),
            ("http://id.example.com/", false), ("http://localhost/", false), ("http://127.0.0.1.example.com/", false),
            ("http://127.0.0.1@example.com/", false), ("http://127.0.0.1:80@example.com/", false),
            ("http://[::1]@example.com/", false), ("http://[::1]:80@example.com/", false), ("http://128.0.0.1/", false),
            ("http:///keys", false), ("https://", false), ("ftp://127.0.0.1/", false), ("file:///etc/keys", false),
            ("", false),
            ("/keys", false),
        ])
    func addresses(_ url: String, _ isTaken: Bool) {
        let download = try? KeySetDownload(url: url)
        #expect((download != nil) == isTaken)
    }

    /// A whole rotation: the provider publishes a new key, a token of that key comes, and then the old key is removed.
    @Test("serves tokens of a new key as soon as one was refused, and refuses those of a removed key")
    func rotation() async throws {
        let (old, new) = (SigningKey("old"), SigningKey("new"))
        try await KeyServer.run(.document(keySetDocument(old)), tls: true) { server in
            let ring = try await KeyRing(NodeConfiguration())
            let download = try KeySetDownload(url: server.url, limits: limits, trustRoots: try TestCertificate.root())
            let source = KeySetSource(reader: download, logger: CapturedLog().logger) { try ring.replace(keySet: $0) }
            let run = Task { try await source.run() }
            defer { run.cancel() }
            let refusal = { (key: SigningKey) throws -> TokenError? in
                let error = try #require(ring.tokens).refusal(try key.token())
                if error == .unknownKey { source.noteUnknownKey() }
                return error
            }
            try await eventually { ring.tokens != nil }
            #expect(try refusal(old) == nil)
            server.set(.document(keySetDocument(old, new)))
            #expect(try refusal(new) == .unknownKey)
            try await eventually { try refusal(new) == nil }
            #expect(try refusal(old) == nil)
            server.set(.document(keySetDocument(new)))
            source.refreshSoon()
            try await eventually { try refusal(old) == .unknownKey }
            #expect(try refusal(new) == nil)
        }
    }
}
