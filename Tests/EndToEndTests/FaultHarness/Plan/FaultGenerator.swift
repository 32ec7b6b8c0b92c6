import Basics

/// Draws faults. Equal seeds give equal sequences.
struct FaultGenerator {
    private var random: SplitMix64
    private let counts: [Fault.Role: Int]
    /// The kinds that are left of this round, so that each kind comes before one comes again.
    private var left: [Int] = []

    private static let kinds = 17
    /// The kinds of which each is one SIGKILL: of a node, thrice as often as of each store.
    private static let kills = 5
    private static let tables = ["score_events", "scores", "partition_positions"]

    /// - Parameter counts: how many nodes of each role run.
    init(seed: UInt64, counts: [Fault.Role: Int]) {
        random = SplitMix64(seed: seed)
        self.counts = counts
    }

    /// Any fault.
    ///
    /// - Parameter losesData: whether it may be one after which Redis has lost updates.
    mutating func any(losesData: Bool) -> Fault {
        while true {
            if left.isEmpty { left = Array(0..<Self.kinds).shuffled(using: &random) }
            guard let kind = left.popLast() else { continue }
            let fault = make(kind)
            if losesData || !fault.losesData { return fault }
        }
    }

    /// A SIGKILL of any process.
    mutating func kill() -> Fault {
        if left.isEmpty { left = Array(0..<Self.kills).shuffled(using: &random) }
        let away = number(0...700)
        switch left.popLast() {
        case 0: return .killStore(.redis, away: away)
        case 1: return .killStore(.postgres, away: away)
        case 2: return .killNode(.gateway, number: node(.gateway), away: away)
        case 3: return .killNode(.persister, number: node(.persister), away: away)
        default: return .killNode(.api, number: node(.api), away: away)
        }
    }

    /// A number of a range.
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    /// A part of a whole.
    mutating func part() -> Double { Double.random(in: 0..<1, using: &random) }

    private mutating func make(_ kind: Int) -> Fault {
        switch kind {
        case 0: return .killNode(role(), number: number(0...1), away: number(0...1500))
        case 1: return .stopNode(role(), number: number(0...1), away: number(0...500))
        case 2: return .pauseNode(role(), number: number(0...1), time: number(200...3000))
        case 3: return .killStore(.redis, away: number(0...1500))
        case 4: return .killStore(.postgres, away: number(0...1500))
        case 5: return .restartStore(store())
        case 6: return .pauseStore(.redis, time: number(200...3000))
        case 7: return .pauseStore(.postgres, time: number(200...3000))
        case 8: return .terminateBackends
        case 9: return .lockTable(Self.tables[number(0...2)], time: number(500...2500))
        case 10: return .cutFile(at: part(), away: number(0...500))
        case 11: return .removeFile(away: number(0...500))
        case 12: return number(0...1) == 0 ? .scriptFlush : .debugSleep(time: number(200...2500))
        case 13: return .flushAll
        case 14: return .promoteReplica
        case 15: return .reset(number(0...1) == 0 ? .api : .persister, store())
        default:
            let modes = [
                FaultProxy.Mode.delay(milliseconds: Int64(number(20...800))), .silence, .drip, .silence,
            ]
            return .path(
                number(0...1) == 0 ? .api : .persister, store(), modes[number(0...3)], time: number(300...3000))
        }
    }

    private mutating func role() -> Fault.Role { Fault.Role.allCases[number(0...2)] }
    private mutating func store() -> Fault.Store { number(0...1) == 0 ? .redis : .postgres }
    private mutating func node(_ role: Fault.Role) -> Int { number(0...max(0, (counts[role] ?? 1) - 1)) }
}
