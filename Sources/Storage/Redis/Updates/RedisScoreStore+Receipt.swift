import Leaderboard
import NIOConcurrencyHelpers
import RedisClient

extension RedisScoreStore {
    /// Looks up a receipt, in the partition of the board or in all partitions at once; see `ScoreWriter`.
    public func receipt(
        for query: ReceiptQuery, completion: @escaping @Sendable (Result<FoundReceipt?, StoreError>) -> Void
    ) {
        let places = query.board.map { [partitioning.partition(of: $0)] } ?? Array(partitioning.all)
        let search = ReceiptSearch(count: places.count, completion: completion)
        for place in places {
            let keys = partitions[place]
            redis.evaluate(
                Scripts.receipt, keys: 2,
                { encoder in
                    encoder.append(keys.meta)
                    encoder.append(keys.receipts(issuedAt: query.issuedAt))
                    encoder.append(query.signature)
                    if let submitted = query.submittedScore { encoder.append(submitted) } else { encoder.append("-") }
                }, argumentCount: 4
            ) { result in
                search.add(result.mapError { StoreError($0) }.flatMap(ApplyReply.receipt), of: place)
            }
        }
    }
}

/// Collects the replies of the partitions. Finishes with the receipt as soon as a partition returns one. Otherwise it
/// finishes when all have replied: with nil, or with an error if a partition failed.
private final class ReceiptSearch: Sendable {
    private struct State {
        var missing: Int
        var trouble: StoreError?
        var isOver = false
    }

    private let state: NIOLockedValueBox<State>
    private let completion: @Sendable (Result<FoundReceipt?, StoreError>) -> Void

    init(count: Int, completion: @escaping @Sendable (Result<FoundReceipt?, StoreError>) -> Void) {
        state = NIOLockedValueBox(State(missing: count))
        self.completion = completion
    }

    func add(_ answer: Result<Receipt?, StoreError>, of partition: Int) {
        let verdict: Result<FoundReceipt?, StoreError>? = state.withLockedValue { state in
            guard !state.isOver else { return nil }
            state.missing -= 1
            switch answer {
            case .success(let receipt?):
                state.isOver = true
                return .success(FoundReceipt(receipt: receipt, partition: partition))
            case .success: break
            case .failure(let error): state.trouble = error
            }
            guard state.missing == 0 else { return nil }
            state.isOver = true
            return state.trouble.map { .failure($0) } ?? .success(nil)
        }
        if let verdict { completion(verdict) }
    }
}
