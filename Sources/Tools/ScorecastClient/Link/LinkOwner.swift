import NIOCore

/// Whoever a connection works for. All on the connection's event loop.
protocol LinkOwner: AnyObject {
    /// The handshake is done; messages come from now on.
    func opened(_ link: LinkHandler)
    /// A text message came.
    func received(_ message: ByteBuffer)
    /// A ping came, and was answered.
    func pinged()
    /// The attempt failed or the connection ended. Told once; nothing comes after it.
    ///
    /// - Parameter heardFor: from the end of the handshake to the last frame.
    func lost(_ loss: ScoreboardLoss, heardFor: Duration)
}
