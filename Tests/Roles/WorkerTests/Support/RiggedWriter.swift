import Leaderboard
import Synchronization

/// A writer that goes wrong as a test says.
final class RiggedWriter: ScoreWriter {
    /// What happens to an update.
    enum Fault: Sendable {
        /// It is applied, and the answer is lost.
        case loseAnswer
        /// It never arrives.
        case loseUpdate
        /// It is not sent, and this is the answer.
        case answer(ApplyOutcome)
    }

    private let base: any ScoreWriter
    private let choose: @Sendable (Int) -> Fault?
    private let sent = Mutex<[ScoreUpdate]>([])

    /// - Parameter choose: the fault of each update, counted from 0; nil for none.
    init(_ base: any ScoreWriter, _ choose: @escaping @Sendable (Int) -> Fault?) {
        self.base = base
        self.choose = choose
    }

    /// The first updates go wrong like this, and the rest goes well.
    convenience init(_ base: any ScoreWriter, first faults: Fault...) {
        self.init(base) { faults.indices.contains($0) ? faults[$0] : nil }
    }

    /// The signatures of all updates so far.
    var signatures: [String] { sent.withLock { $0.map(\.signature) } }

    func apply(_ update: ScoreUpdate, completion: @escaping @Sendable (Result<ApplyOutcome, StoreError>) -> Void) {
        let number = sent.withLock { sent in
            sent.append(update)
            return sent.count - 1
        }
        let lost = Result<ApplyOutcome, StoreError>.failure(StoreError(.unavailable, "the answer was lost"))
        switch choose(number) {
        case nil: base.apply(update, completion: completion)
        case .loseAnswer: base.apply(update) { _ in completion(lost) }
        case .loseUpdate: completion(lost)
        case .answer(let outcome): completion(.success(outcome))
        }
    }

    func receipt(
        for query: ReceiptQuery, completion: @escaping @Sendable (Result<FoundReceipt?, StoreError>) -> Void
    ) {
        base.receipt(for: query, completion: completion)
    }
}
