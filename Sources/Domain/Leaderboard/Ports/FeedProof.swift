/// What is known of whether published messages reach this node.
public struct FeedProof: Sendable, Equatable {
    /// Why it is not known that messages arrive; nil while they do.
    public var whyLate: String?
    /// The age of the newest proof that they do, in ms; nil before the first.
    public var ageMilliseconds: Int64?

    /// Gathers both.
    public init(whyLate: String?, ageMilliseconds: Int64?) {
        self.whyLate = whyLate
        self.ageMilliseconds = ageMilliseconds
    }
}
