/// Makes the frames of a WebSocket client, right ones and wrong ones (RFC 6455, 5.2).
public enum ClientFrame {
    /// The bytes of one frame.
    ///
    /// - Parameters:
    ///   - reserved: the bits RSV1 to RSV3, as a number from 0 to 7.
    ///   - masked: a server has to refuse a frame that is not.
    public static func bytes(
        opcode: UInt8, _ payload: [UInt8], fin: Bool = true, reserved: UInt8 = 0, masked: Bool = true
    ) -> [UInt8] {
        var bytes: [UInt8] = [(fin ? 0x80 : 0) | reserved << 4 | opcode]
        let maskBit: UInt8 = masked ? 0x80 : 0
        switch payload.count {
        case ...125: bytes.append(maskBit | UInt8(payload.count))
        case ...0xFFFF: bytes += [maskBit | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default: bytes += [maskBit | 127] + (0..<8).map { UInt8(payload.count >> (56 - 8 * $0) & 0xFF) }
        }
        guard masked else { return bytes + payload }
        let mask: [UInt8] = [0x37, 0xfa, 0x21, 0x3d]
        return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }
}
