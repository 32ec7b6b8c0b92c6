/// The evidence that published messages reach this node.
public struct FeedProof: Sendable, Equatable {
    /// Why it is not certain that messages arrive; nil while they do.
    public var whyLate: String?
    /// The age of the newest proof that messages arrive, in ms; nil before the first proof.
    public var ageMilliseconds: Int64?

    /// Creates the evidence.
    public init(whyLate: String?, ageMilliseconds: Int64?) {
        self.whyLate = whyLate
        self.ageMilliseconds = ageMilliseconds
    }
}
