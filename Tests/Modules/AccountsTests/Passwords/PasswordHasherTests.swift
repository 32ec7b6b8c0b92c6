import Accounts
import HTTPKit
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct PasswordHasherTests {
    /// A cost at which a hash takes some tens of milliseconds.
    private static let slow = TestAccounts.parameters(logN: 14)

    /// The outcomes of so many hashes at once.
    private func outcomes(_ count: Int, _ hasher: PasswordHasher) async -> [ErrorCode?] {
        await withTaskGroup(of: ErrorCode?.self) { group in
            for number in 0..<count {
                group.addTask {
                    do throws(APIError) {
                        _ = try await hasher.hash("password \(number)")
                        return nil
                    } catch {
                        return error.code
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test("So many wait, and the others are refused at once") func bounded() async throws {
        let hasher = try PasswordHasher(parameters: Self.slow, threads: 1, waitingMax: 3)
        let outcomes = await outcomes(40, hasher)
        let refused = outcomes.count { $0 == .unavailable }
        #expect(refused + outcomes.count { $0 == nil } == 40)
        #expect(refused > 0 && hasher.hashes == 40 - refused, "\(refused)")
    }

    @Test("Nobody waits for longer than that") func patience() async throws {
        let hasher = try PasswordHasher(parameters: Self.slow, threads: 1, patience: .milliseconds(1))
        let outcomes = await outcomes(40, hasher)
        let refused = outcomes.count { $0 == .unavailable }
        // On a busy machine even the first one may have to wait too long.
        #expect(refused > 0 && hasher.hashes == 40 - refused, "\(refused)")
    }

    @Test("The threads end with the hasher, and those that wait are refused") func end() async throws {
        var hasher: PasswordHasher? = try PasswordHasher(parameters: TestAccounts.cheap, threads: 2)
        #expect(try await hasher?.hash("a password") != nil)
        weak let weakly = hasher
        hasher = nil
        #expect(weakly == nil)
    }

    @Test("An unknown user costs one hash, too") func unknown() async throws {
        let hasher = try PasswordHasher(parameters: TestAccounts.cheap, threads: 1)
        #expect(try await !hasher.verify("nobody's", against: nil), "not even the password of the dummy")
        #expect(hasher.hashes == 1)
    }
}
