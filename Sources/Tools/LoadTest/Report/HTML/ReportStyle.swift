/// The style sheet of the HTML report: light or dark by the reader's setting, always light on paper, one column on a
/// phone.
enum ReportStyle {
    static let sheet = """
        :root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--muted:#57606a;--line:#d0d7de;--card:#f6f8fa;
        --good:#116329;--goodbg:#dafbe1;--bad:#a40e26;--badbg:#ffebe9;
        --l0:#0550ae;--l1:#b35900;--l2:#8250df;--l3:#57606a}
        @media (prefers-color-scheme:dark){:root{
        --bg:#0d1117;--fg:#e6edf3;--muted:#9aa4ae;--line:#30363d;--card:#161b22;
        --good:#56d364;--goodbg:#12261a;--bad:#ff7b72;--badbg:#34151a;
        --l0:#79c0ff;--l1:#ffa657;--l2:#d2a8ff;--l3:#9aa4ae}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
        main{max-width:1100px;margin:0 auto;padding:16px}
        h1{font-size:1.6rem;line-height:1.2;margin:.2em 0}h2{font-size:1.2rem;margin:1.6em 0 .5em}
        h3{font-size:1rem;margin:0}
        .verdict{font-size:1.25rem;font-weight:700;padding:10px 14px;border-radius:8px;border-left:8px solid;
        margin:.6em 0}
        .good{color:var(--good);background:var(--goodbg)}.bad{color:var(--bad);background:var(--badbg)}
        .muted,.summary,.axis,.tick{color:var(--muted);fill:var(--muted)}.summary{font-size:.85rem;margin:.3em 0}
        .badge{font-weight:700;font-size:.85rem;padding:1px 8px;border-radius:99px;white-space:nowrap}
        dl.facts{display:grid;grid-template-columns:max-content 1fr;gap:2px 14px;margin:.5em 0}
        dl.facts dt{color:var(--muted)}dl.facts dd{margin:0}
        ul.proofs{list-style:none;padding:0;margin:0}ul.proofs>li{border-top:1px solid var(--line);padding:8px 0}
        ul.proofs ul{margin:.3em 0}.hint{margin:.3em 0;border-left:4px solid var(--l1);padding-left:10px}
        .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:10px;margin:0}
        .cards div{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:8px 12px}
        .cards dt{color:var(--muted);font-size:.85rem}.cards dd{margin:0;font-size:1.35rem;font-weight:600}
        .cards dd small{font-size:.8rem;font-weight:400;display:block;color:var(--muted)}
        .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:18px}
        figure{margin:0;border:1px solid var(--line);border-radius:8px;padding:12px;min-width:0;break-inside:avoid}
        figure>svg{display:block;width:100%;height:auto}
        .keys{margin:.2em 0;font-size:.85rem;display:flex;flex-wrap:wrap;gap:2px 14px}
        .key svg{width:26px;height:8px;margin-right:5px;vertical-align:middle}
        .tick,.axis{font:14px system-ui,sans-serif}.axis{font-style:italic}
        .grid{stroke:var(--line);fill:none}.mark{stroke:var(--muted);stroke-dasharray:3 3;fill:none}
        .tip{fill:transparent}.tip:hover{fill:var(--muted);fill-opacity:.18}
        .l{fill:none;stroke-width:2.2;stroke-linejoin:round;stroke-linecap:round}.l0{stroke:var(--l0)}
        .l1{stroke:var(--l1);stroke-dasharray:7 4}.l2{stroke:var(--l2);stroke-dasharray:1 4}
        .l3{stroke:var(--l3);stroke-dasharray:9 3 1 3}
        .scroll{overflow-x:auto;max-height:26em}
        table{border-collapse:collapse;font-variant-numeric:tabular-nums;width:100%}
        caption{text-align:left;color:var(--muted);font-size:.85rem}
        th,td{text-align:right;padding:3px 8px;border-bottom:1px solid var(--line);overflow-wrap:normal}
        th:first-child{text-align:left;font-weight:400}thead th,thead th:first-child{font-weight:600}
        td.words,th.words{text-align:left}summary{cursor:pointer;color:var(--l0)}
        details{font-size:.9rem}a{color:var(--l0)}:focus-visible{outline:3px solid var(--l1);outline-offset:2px}
        @media (min-width:700px){.tick,.axis{font-size:11px}}
        @media (max-width:480px){dl.facts{grid-template-columns:1fr}dl.facts dd{margin-bottom:4px}}
        @page{margin:12mm}
        @media print{:root{color-scheme:light;--bg:#fff;--fg:#000;--muted:#444;--line:#bbb;--card:#fff;--good:#116329;
        --goodbg:#fff;--bad:#a40e26;--badbg:#fff;--l0:#0550ae;--l1:#b35900;--l2:#8250df;--l3:#57606a}
        body{font-size:10.5pt}main{max-width:none;padding:0}.charts{grid-template-columns:1fr 1fr;gap:8px}
        .tick,.axis{font-size:15px}details:not([open]),.tip{display:none}.scroll{overflow:visible;max-height:none}
        h2{break-after:avoid}li,tr,.cards div{break-inside:avoid}}
        """
}
