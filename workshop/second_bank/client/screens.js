// The screens: each builds its title and body, after asking the bank what it needs.
import { act, alarm, el, field, keys, pair, part, steps } from "./parts.js";
import { call, elsewhere, follow, go, memory } from "./app.js";

const link = (href, text) => el("p", {}, el("a", { href, onclick: follow }, text));
const lines = (...texts) => texts.map((text) => el("p", {}, text));
const KIND = { hardware: "カード型", software: "スマホ" };

// A group of inputs with one button that posts them; refused posts are told above.
function sheet(label, path, inputs, extra, done) {
  const place = el("div", {});
  let key = crypto.randomUUID();
  let busy = false;
  const send = async () => {
    if (busy) return;
    busy = true;
    try {
      const values = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.value]));
      const result = await call("POST", path, { ...extra, ...values }, key);
      await done(result);
    } catch (error) {
      if (!elsewhere(error)) {
        place.replaceChildren(alarm(error.message));
        for (const input of Object.values(inputs)) if (input.type === "password") input.value = "";
      }
    } finally {
      key = crypto.randomUUID();
      busy = false;
    }
  };
  return { place, button: act(label, send) };
}

function finish(path, result) {
  memory.result = result;
  return go(path);
}

// A completion is shown once, right after its action; afterwards its address leads on.
function completion(build) {
  return ({ result }) => (result ? build(result) : void go("/card", true));
}

async function signin() {
  const member = field("会員番号");
  const pass = field("ログイン暗証", { secret: true });
  const number = field("認証番号", { needed: false, hint: "認証番号をご利用中の方だけ入れてください。半角の数字", longest: 16 });
  const { place, button } = sheet("はじめる", "/login",
    { member: member.input, pass: pass.input, number: number.input }, {}, () => go("/home"));
  return { title: "会員サービスへようこそ", body: [place, member.whole, pass.whole, number.whole, button] };
}

async function home() {
  const { name } = await call("GET", "/me");
  return { title: "マイページ", body: lines(`${name} 様`, "お知らせはありません。") };
}

async function card() {
  const { status, open } = await call("GET", "/card");
  return {
    title: "認証番号の設定",
    body: [
      ...lines("認証番号について、現在のお申し込み内容をご案内します。お手続きするものをお選びください。"),
      part("お申し込みの様子"), pair("現在の状態", status),
      part("ご案内"),
      el("div", { class: "box" }, lines(
        "認証番号を使うには、生成機のお申し込みが要ります。次の画面で、どちらかをお選びください。",
        "スマホ生成機：スマートフォンの専用アプリに表示します。",
        "カード型生成機：名刺サイズの専用機器に表示します。",
        "スマホ生成機はアプリの設定後、カード型生成機は届いてから、使い始めの登録をしてください。次のログインから認証番号が要ります。",
        "スマホ生成機の端末を機種変更するときは、古い端末でやめる手続きをし、新しい端末でお申し込みと使い始めの登録をしてください。",
        "スマホ生成機からカード型生成機へ替えるときは、スマホ生成機の番号でやめる手続きをし、カード型生成機をお申し込みください。",
        "カード型生成機からスマホ生成機へ替えることはできません。")),
      act("生成機を申し込む", () => go("/card/apply"), { disabled: !open.apply }),
      act("認証番号を使い始める", () => go("/card/start"), { disabled: !open.start }),
      act("認証番号をやめる", () => go("/card/stop"), { disabled: !open.stop }),
      link("/home", "マイページへ戻る"),
    ],
  };
}

async function choose() {
  await call("GET", "/apply");
  const row = (kind, name, text) => el("div", { class: "box", role: "group", "aria-label": name },
    el("div", {}, name), el("div", {}, text),
    el("a", { class: "act", href: `/card/apply/${kind}`, onclick: follow }, "これにする"));
  return {
    title: "生成機の種類",
    body: [
      ...lines("どちらかをお決めください。"), part("生成機をえらぶ"),
      row("hardware", "カード型生成機", "名刺サイズの専用機器に表示する方法"),
      row("software", "スマホ生成機", "スマートフォンの専用アプリに表示する方法"),
      link("/card", "前へ"),
    ],
  };
}

async function apply({ parts }) {
  const kind = parts[3];
  await call("GET", `/apply?kind=${encodeURIComponent(kind)}`);
  const confirm = field("取引暗証", { secret: true, hint: "8文字から16文字の英数字" });
  const { place, button } = sheet("この内容で申し込む", "/apply", { confirm: confirm.input }, { kind },
    (result) => finish(`/card/apply/${kind}/done`, result));
  return {
    title: `お申し込み内容の確認（${KIND[kind]}）`,
    body: [
      place, part("お申し込みの前に"),
      ...lines("カード型生成機は、ご登録住所へお送りします。届いてから使い始めの登録をしてください。"),
      part("取引暗証"), confirm.whole, keys(confirm.input), button, link("/card/apply", "前へ"),
    ],
  };
}

const applied = completion(({ kind }) => ({
  title: `お申し込み完了（${KIND[kind]}）`,
  body: [
    ...lines(...(kind === "hardware"
      ? ["カード型生成機の申し込みを受け付けました。", "カード型生成機は、ご登録住所へお送りします。", "届いてから、使い始めの登録をしてください。"]
      : ["スマホ生成機の申し込みを受け付けました。"])),
    link("/card", "設定の画面へ"),
  ],
}));

const STAGES = ["番号の入力", "登録の完了"];

async function start() {
  const { kind } = await call("GET", "/start");
  const number = field("認証番号", { hint: "半角の数字", longest: 16 });
  const serial = field("機器番号", { hint: "半角の数字 8桁から12桁", longest: 14 });
  const hardware = kind === "hardware";
  const inputs = hardware ? { serial: serial.input, number: number.input } : { number: number.input };
  const { place, button } = sheet("登録して使い始める", "/start", inputs, {},
    (result) => finish("/card/start/done", result));
  return {
    title: `使い始めの登録（${KIND[kind]}）`,
    body: [
      steps(STAGES, 0), place,
      ...lines(`${hardware ? "機器番号と" : ""}認証番号を入れて「登録して使い始める」を押してください。`),
      ...(hardware ? [part("生成機の裏の番号"), serial.whole] : []),
      part("いま表示中の数字"), number.whole,
      button, act("取りやめる", () => go("/home")), link("/card", "前へ"),
    ],
  };
}

const started = completion(({ kind, serial, until }) => ({
  title: `使い始めの登録完了（${KIND[kind]}）`,
  body: [
    steps(STAGES, 1), ...lines("使い始めの登録が完了しました。"),
    part("登録した生成機"), pair("機器番号", serial), pair("使える期限", until),
    link("/card", "設定の画面へ"),
  ],
}));

async function stop() {
  const { asksNumber } = await call("GET", "/stop");
  const confirm = field("取引暗証", { secret: true, hint: "8文字から16文字の英数字" });
  const number = field("認証番号", { hint: "半角の数字", longest: 16 });
  const inputs = asksNumber ? { confirm: confirm.input, number: number.input } : { confirm: confirm.input };
  const { place, button } = sheet("やめる", "/stop", inputs, {}, (result) => finish("/card/stop/done", result));
  return {
    title: "認証番号をやめる手続き",
    body: [
      place, part("ご本人の確認"), confirm.whole, keys(confirm.input),
      ...(asksNumber ? [number.whole] : []), button, link("/card", "前へ"),
    ],
  };
}

const stopped = completion(() => ({
  title: "やめる手続きの完了",
  body: [...lines("認証番号をやめる手続きを受け付けました。"), link("/home", "マイページへ戻る")],
}));

const suspended = async () => ({
  title: "認証番号のご利用停止",
  body: [alarm(memory.suspended || "認証番号のご利用を止めています。"), link("/signin", "ログインの画面へ")],
});

export const screens = {
  "/signin": { build: signin, outside: true },
  "/stopped": { build: suspended, outside: true },
  "/home": { build: home },
  "/card": { build: card },
  "/card/apply": { build: choose },
  "/card/apply/(hardware|software)": { build: apply },
  "/card/apply/(hardware|software)/done": { build: applied },
  "/card/start": { build: start },
  "/card/start/done": { build: started },
  "/card/stop": { build: stop },
  "/card/stop/done": { build: stopped },
};
