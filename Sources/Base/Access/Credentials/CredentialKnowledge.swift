/// Whether looks into Redis prove that a node knows which sessions have ended. Pure.
///
/// A node that writes reads the primary. There the list is whole if it was completed for this process of Redis: a
/// process that started again may have lost sessions. A node that only reads may read a replica, or a primary that was
/// cut off. There the proof is that the list's time moves on: only nodes that write make it move, and one that writes
/// to a list that is not complete says so in it.
package struct CredentialKnowledge {
    /// How long a proof holds, in ms.
    package static let holdsMilliseconds: Int64 = 2_000

    private let readsPrimary: Bool
    /// The completion that is watched, and the latest time of the list there.
    private var watched: (completion: String, beat: Int64)?

    /// - Parameter readsPrimary: whether the node uses no Redis but the primary.
    package init(readsPrimary: Bool) { self.readsPrimary = readsPrimary }

    /// Whether a look proves that the node knows, if it has taken in all that was found.
    package mutating func proves(_ reading: CredentialReading) -> Bool {
        guard !reading.hasMore, let run = reading.run, let completion = reading.completion, let beat = reading.beat
        else {
            watched = nil
            return false
        }
        if readsPrimary { return !reading.server.isEmpty && run == reading.server }
        guard let before = watched, before.completion == completion else {
            watched = (completion, beat)
            return false
        }
        watched = (completion, max(before.beat, beat))
        return beat > before.beat
    }
}
