import ScorecastClient
import Synchronization

/// The content of each version of the board, as it was first seen. All other clients, in both modes, and Redis must see
/// the same.
final class TopTable: Sendable {
    private struct Name: Hashable {
        var epoch: String
        var version: Int64
    }

    private struct State {
        var entries: [Name: [ScoreboardEntry]] = [:]
        var order: [Name] = []
    }

    private let state = Mutex(State())
    /// The most versions to remember. No client lags by more.
    private static let countMax = 20_000

    /// Returns the difference from what others saw, or nil if there is none.
    func fault(_ top: ScoreboardState) -> String? {
        let name = Name(epoch: top.epoch, version: top.version)
        return state.withLock { state in
            if let known = state.entries[name] {
                return known == top.entries ? nil : "version \(top.version) is \(top.entries), and was \(known)"
            }
            state.entries[name] = top.entries
            state.order.append(name)
            if state.order.count > Self.countMax {
                for old in state.order.prefix(Self.countMax / 2) { state.entries[old] = nil }
                state.order.removeFirst(Self.countMax / 2)
            }
            return nil
        }
    }
}

extension RedisProbe {
    /// The top of `global` with its version, read in one step.
    func top() async throws -> ScoreboardState {
        let script = """
            local key = redis.call('KEYS', '*:ranking:global:all:*')[1]
            if not key then return {} end
            local state = redis.call('HMGET', string.match(key, '^[^:]*') .. ':meta', 'epoch', 'version:global:all')
            return {state[1], state[2], unpack(redis.call('ZREVRANGE', key, 0, 9, 'WITHSCORES'))}
            """
        let texts = try await command("EVAL", script, "0").texts
        guard texts.count >= 2, let version = Int64(texts[1]) else { throw Failure(reply: "no top: \(texts)") }
        let entries = stride(from: 2, to: texts.count - 1, by: 2).map { index in
            ScoreboardEntry(
                rank: Int64(index / 2), userID: String(texts[index].dropFirst(16)),
                score: Int64(texts[index + 1]) ?? .min)
        }
        return ScoreboardState(
            board: "global", window: "all", period: "all", epoch: texts[0], version: version, at: 0, entries: entries)
    }
}
