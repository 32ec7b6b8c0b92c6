/// How changes are told to a client.
package enum PushMode: String, Hashable, Sendable {
    /// Each message holds the whole top.
    case full
    /// After the first message, each message holds the changes.
    case delta
}
