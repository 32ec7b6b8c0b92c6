import Testing
import WebSocket

@Suite struct PerMessageDeflateTests {
    @Test func agreesToOffers() {
        let base = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        let cases: [(String, Compression, String?)] = [
            ("permessage-deflate", .deflated, base),
            ("permessage-deflate; client_max_window_bits", .deflated, base),
            ("permessage-deflate; server_max_window_bits=15", .deflated, base + "; server_max_window_bits=12"),
            ("permessage-deflate; server_max_window_bits=10", .deflatedNarrowly, base + "; server_max_window_bits=9"),
            ("permessage-deflate; server_max_window_bits=8", .plain, nil),
            ("permessage-deflate; server_max_window_bits", .plain, nil),
            ("permessage-deflate; x", .plain, nil), ("x-webkit-deflate-frame", .plain, nil),
            (
                "permessage-deflate; client_no_context_takeover; client_no_context_takeover, permessage-deflate",
                .deflated, base
            ),
        ]
        for (offer, compression, answer) in cases {
            let agreement = PerMessageDeflate.agree(to: [offer])
            #expect(agreement.compression == compression && agreement.answer == answer, "\(offer)")
        }
    }
}
