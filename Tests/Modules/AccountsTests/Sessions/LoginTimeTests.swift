import Accounts
import RedisClient
import Testing

/// Nobody learns from the time of an answer whether a user exists.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct LoginTimeTests {
    @Test("The medians of a known and an unknown user are the same") func medians() async throws {
        try await withAccounts(parameters: TestAccounts.parameters(logN: 12)) { accounts in
            try await accounts.register("known")
            let clock = ContinuousClock()
            func time(_ name: String, _ number: Int) async throws -> Duration {
                try await clock.measure {
                    // Limits count for other addresses and, since they are cleared, for nobody.
                    let answer = try await accounts.logIn(name, "wrong password", from: "198.51.100.\(number % 250)")
                    #expect(answer.outcome == "401 invalid_credentials")
                }
            }
            var differences: [Double] = []
            // Other tests run at the same time, so a measurement may be repeated.
            for _ in 0..<5 {
                var (known, unknown): ([Duration], [Duration]) = ([], [])
                for number in 0..<200 {
                    try await accounts.redis.command("FLUSHDB")
                    // In turn, and each first as often as the other, so that both have the same machine.
                    for name in number.isMultiple(of: 2) ? ["known", "unknown"] : ["unknown", "known"] {
                        let time = try await time(name, number)
                        if name == "known" { known.append(time) } else { unknown.append(time) }
                    }
                }
                let (one, two) = (known.sorted()[100], unknown.sorted()[100])
                differences.append(abs(one / two - 1))
                if differences.contains(where: { $0 < 0.05 }) { return }
            }
            Issue.record("the medians differ by \(differences)")
        }
    }
}
