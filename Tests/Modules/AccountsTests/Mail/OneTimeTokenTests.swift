import Accounts
import Basics
import Storage
import TestSupport
import Testing

@Suite("Tokens that come by mail")
struct OneTimeTokenTests {
    @Test("a token is read back as itself, shows itself nowhere, and no two are the same")
    func form() throws {
        let token = OneTimeToken()
        #expect(token.text.wholeMatch(of: /scm_[A-Za-z0-9_-]{43}/) != nil)
        #expect(OneTimeToken(token.text)?.hash == token.hash && token.hash.bytes.count == 32)
        var shown = "\(token)"
        dump(token, to: &shown)
        #expect(!shown.contains(token.text.dropFirst(4)))
        #expect(Set((0..<1000).map { _ in OneTimeToken().text }).count == 1000)
    }

    @Test("of 100,000 mutated tokens none is accepted", .timeLimit(.minutes(5)))
    func mutations() async throws {
        try await MailStage.run { stage in
            try await stage.addUser("ada", email: "ada@example.com", isVerified: true)
            let token = try await stage.resetToken("ada@example.com")
            var generator = SplitMix64(seed: 15)
            var formed: [OneTimeToken.Hash] = []
            for _ in 0..<100_000 {
                let text = Self.mutated(token, &generator)
                guard text != token, let other = OneTimeToken(text) else { continue }
                formed.append(other.hash)
            }
            #expect(formed.count > 10_000)
            let bytes = formed.map(\.bytes)
            // All at once in the store, and some through the route.
            let original = try #require(OneTimeToken(token)).hash
            #expect(!formed.contains(original))
            for hash in formed.prefix(500) { #expect(try await !stage.tokens.isOpenReset(hash)) }
            let known = try await stage.column("SELECT encode(token_hash, 'hex') FROM one_time_tokens")
            let hexes = Set(known.compactMap { $0 })
            #expect(!bytes.contains { hexes.contains(Hexadecimal.text($0)) })
            for _ in 0..<200 {
                let text = Self.mutated(token, &generator).filter { $0 != "\"" && $0 != "\\" }
                guard text != token else { continue }
                let answer = try await stage.send("/auth/reset", #"{"token":"\#(text)","password":"0123456789"}"#)
                #expect(answer.status == 401)
            }
            #expect(try await stage.tokens.isOpenReset(original))
        }
    }

    /// A token with something changed: characters, their case, their order, its ends.
    private static func mutated(_ token: String, _ generator: inout SplitMix64) -> String {
        var text = Array(token)
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            let place = Int.random(in: text.indices, using: &generator)
            switch Int.random(in: 0..<7, using: &generator) {
            case 0, 1, 2: text[place] = alphabet.randomElement(using: &generator) ?? "A"
            case 3: text.swapAt(place, Int.random(in: text.indices, using: &generator))
            case 4: text[place] = text[place].isUppercase ? Character(text[place].lowercased()) : "_"
            case 5: text.insert("A", at: place)
            default: text.remove(at: place)
            }
        }
        return String(text)
    }
}
