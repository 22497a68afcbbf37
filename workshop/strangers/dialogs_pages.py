"""The page of ``dialogs``: one empty document, and the scripts that draw everything into it."""

STYLE = """
body { margin: 0; font: 15px sans-serif; background: #eef3ee; color: #123; }
header { display: flex; gap: 18px; align-items: center; background: #0b6b4b; padding: 10px 24px; }
header b { color: #fff; font-size: 19px; flex: 1; }
.drop { position: relative; }
.drop ul { position: absolute; right: 0; margin: 4px 0; padding: 8px; list-style: none;
  background: #fff; border: 1px solid #0b6b4b; white-space: nowrap; z-index: 2; }
[hidden] { display: none !important; }
main { max-width: 760px; margin: 24px auto; background: #fff; padding: 20px 30px; }
h1 { font-size: 21px; border-left: 6px solid #0b6b4b; padding-left: 12px; }
h2 { font-size: 16px; border-bottom: 1px dotted #0b6b4b; }
button { padding: 8px 18px; margin: 4px; }
.pair { display: flex; gap: 24px; padding: 6px 0; }
.pair span { width: 160px; color: #567; }
.field { display: grid; grid-template-columns: 230px 1fr; gap: 8px; margin: 10px 0; }
.must { background: #c22; color: #fff; font-size: 11px; padding: 2px 6px; margin-right: 6px; }
.steps { display: flex; gap: 30px; list-style: none; padding: 0; }
.steps [aria-current] { font-weight: bold; border-bottom: 3px solid #0b6b4b; }
.card { border: 1px solid #bcc; padding: 10px; margin: 8px 0; display: flex; gap: 14px; }
.card p { flex: 1; margin: 8px 0; }
.veil { position: fixed; inset: 0; background: #0007; display: grid; place-items: center;
  z-index: 9; }
.box { background: #fff; padding: 20px 28px; max-width: 460px; }
.keys { width: 420px; }
.keys button { padding: 4px 8px; margin: 2px; }
.foot { margin-top: 18px; }
table { border-collapse: collapse; } td, th { border: 1px solid #bcc; padding: 5px 9px; }
"""

COMMON = r"""
'use strict';
const el = (tag, props, ...inside) => {
  const made = Object.assign(document.createElement(tag), props || {});
  made.append(...inside.filter(Boolean));
  return made;
};
const button = (text, act, props) => {
  const made = el('button', {type: 'button', ...props}, text);
  made.addEventListener('click', async () => {
    if (made.dataset.busy) return;
    made.dataset.busy = '1';
    try { await act(); } finally { delete made.dataset.busy; }
  });
  return made;
};
const bar = (...inside) => el('div', {className: 'foot'}, ...inside);
let looks = 0;
const screen = document.getElementById('screen');
const draw = (title, ...inside) => {
  screen.replaceChildren(el('h1', {}, title), ...inside.filter(Boolean));
  scrollTo(0, 0);
};
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

// A box without any role: what was refused.
const say = (text, title) => new Promise((done) => {
  const veil = el('div', {className: 'veil'});
  const close = button('閉じる', () => { veil.remove(); done(); });
  veil.append(el('div', {className: 'box'},
    title ? el('p', {}, el('b', {}, title)) : null, el('p', {}, text), close));
  document.body.append(veil);
});
// A box that says it is one: what must be read.
const warn = (title, text) => new Promise((done) => {
  const veil = el('div', {className: 'veil'});
  const box = el('section', {className: 'box'}, el('h2', {}, title), el('p', {}, text),
    button('閉じる', () => { veil.remove(); done(); }));
  box.setAttribute('role', 'alertdialog');
  box.setAttribute('aria-modal', 'true');
  box.setAttribute('aria-label', title);
  veil.append(box);
  document.body.append(veil);
});
// The browser's own kind of box: what is asked back.
const ask = (text, yes, no) => new Promise((done) => {
  const box = el('dialog', {});
  const end = (answer) => { box.close(); box.remove(); done(answer); };
  box.append(el('p', {}, text), button(no, () => end(false)), button(yes, () => end(true)));
  box.addEventListener('cancel', (event) => { event.preventDefault(); end(false); });
  document.body.append(box);
  box.showModal();
});
const inputs = (caption, hint, type) => {
  const input = el('input', {type: type || 'text', autocomplete: 'off'});
  const row = el('div', {className: 'field'},
    el('div', {}, el('span', {className: 'must'}, '必須'), el('span', {}, caption)),
    el('div', {}, input, hint ? el('small', {}, hint) : null));
  return [row, input];
};
"""

SCRIPT = (
    COMMON
    + r"""
const call = async (method, path, body) => {
  const headers = {'X-Tab-Token': sessionStorage.getItem('tab') || ''}, at = looks;
  if (body) headers['Content-Type'] = 'application/json';
  const answer = await fetch('/api/' + path,
    {method, headers, body: body && JSON.stringify(body)});
  const told = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(told.message), told, {status: answer.status});
  if (method === 'GET' && at !== looks) throw new Error('another view is wanted by now');
  return told;
};
const go = (hash) => { if (location.hash === hash) show(); else location.hash = hash; };
const refuse = async (trouble, back) => {
  if (trouble.status === undefined) trouble.message = '通信できませんでした。';
  if (trouble.stopped) {
    sessionStorage.removeItem('tab');
    await warn('認証停止のお知らせ', trouble.message);
    go('#/in');
  } else {
    await say(trouble.message);
    if (trouble.status === 401) { sessionStorage.removeItem('tab'); go('#/in'); }
    else if (back) go(back);
  }
};
const menu = (inside) => {
  const head = document.getElementById('head');
  head.replaceChildren(el('b', {}, 'あすなろネット'));
  if (!inside) return;
  const list = el('ul', {hidden: true}, el('li', {},
    el('a', {href: '#/otp'}, 'ワンタイムパスワード申請')));
  const open = el('button', {type: 'button'}, 'ワンタイムパスワード申請');
  open.addEventListener('click', () => { list.hidden = !list.hidden; });
  head.append(el('div', {className: 'drop'}, open, list), button('おわる', async () => {
    if (!await ask('あすなろネットを終了します。よろしいですか。', '終了する', 'もどる')) return;
    try { await call('DELETE', 'enter'); } catch { /* over already */ }
    sessionStorage.removeItem('tab');
    go('#/in');
  }));
};
const software = {hard: 'ハードトークン', soft: 'ソフトトークン'};

const views = {
  '#/in': async () => {
    menu(false);
    sessionStorage.removeItem('tab');
    const code = el('input', {id: 'who', type: 'text', autocomplete: 'off'});
    const word = el('input', {id: 'word', type: 'password', autocomplete: 'off'});
    const line = (of, text) => el('div', {className: 'field'},
      el('label', {htmlFor: of.id}, text), of);
    draw('あすなろネットへようこそ', line(code, 'お客さまコード'),
      line(word, 'ログイン用パスワード'), bar(button('つぎへ', async () => {
        try {
          const told = await call('POST', 'enter', {code: code.value, password: word.value});
          sessionStorage.setItem('tab', told.token);
          go(told.next === 'home' ? '#/home' : '#/in/code');
        } catch (trouble) { word.value = ''; await refuse(trouble); }
      })));
  },
  '#/in/code': async () => {
    menu(false);
    if (!sessionStorage.getItem('tab')) { go('#/in'); return; }
    const [row, input] = inputs('ワンタイムパスワード', '半角数字8桁');
    draw('ワンタイムパスワードのご入力', row, bar(button('認証してすすむ', async () => {
      try {
        const told = await call('POST', 'enter/code', {code: input.value});
        sessionStorage.setItem('tab', told.token);
        go('#/home');
      } catch (trouble) { input.value = ''; await refuse(trouble); }
    })));
  },
  '#/home': async () => {
    const me = await call('GET', 'me');
    menu(true);
    draw('マイトップ', el('p', {}, me.name + ' さま、ご利用ありがとうございます。'),
      el('h2', {}, 'お知らせ'), el('p', {}, '現在、お知らせはございません。'));
  },
  '#/otp': async () => {
    const me = await call('GET', 'me');
    menu(true);
    const can = {'未登録': [1, 0, 0], 'トークン発行済': [0, 1, 1], 'サービス利用中': [0, 0, 1]};
    const [issue, begin, end] = can[me.status];
    draw('ワンタイムパスワード申請内容選択',
      el('p', {}, 'ワンタイムパスワードの登録情報を表示しています。'),
      el('p', {}, '登録情報の変更を行う場合は、変更対象のボタンを押してください。'),
      el('h2', {}, 'ワンタイムパスワード登録状況'),
      el('div', {className: 'pair'}, el('span', {}, '登録状況'), el('strong', {}, me.status)),
      el('h2', {}, '注意事項'), el('ul', {},
        el('li', {}, 'ワンタイムパスワードのご利用には「トークン発行」が必要です。次の画面で、' +
          'ソフトトークン（携帯電話またはスマートフォンのアプリに表示する方法）か、' +
          'ハードトークン（キーホルダー型の生成機に表示する方法）のどちらかをお選びください。'),
        el('li', {}, 'ソフトトークンはアプリの設定後、ハードトークンはお手元に到着した後に、' +
          '次の画面でワンタイムパスワードの利用開始を行ってください。' +
          '次回のログインから、ワンタイムパスワードの入力が必要になります。'),
        el('li', {}, '次の場合は「利用解除」を行ってください。', el('br'),
          '①ソフトトークンをお使いの端末の機種変更：変更前の端末で「利用解除」を行い、' +
          '変更後の端末で改めて「トークン発行」と「利用開始」を行ってください。', el('br'),
          '②ソフトトークンからハードトークンへの切替：ソフトトークンに表示されている' +
          'ワンタイムパスワードで「利用解除」を行い、「トークン発行」でハードトークンを' +
          'お選びください。ハードトークンからソフトトークンへの切替はできません。')),
      bar(button('トークン発行', () => go('#/otp/new'), {disabled: !issue}),
        button('ワンタイムパスワード利用開始', () => go('#/otp/begin'), {disabled: !begin}),
        button('ワンタイムパスワード利用解除', () => go('#/otp/end'), {disabled: !end})),
      bar(el('a', {href: '#/home'}, 'トップページへ')));
  },
  '#/otp/new': async () => {
    await call('GET', 'forms/kinds');
    menu(true);
    const card = (kind, text) => el('div', {className: 'card'}, el('p', {}, text),
      button('選択', () => go('#/otp/new/' + kind)));
    draw('トークン発行（選択）', el('p', {}, 'ご利用になるトークンの種類をお選びください。'),
      el('h2', {}, 'トークンの選択'),
      card('soft', 'ソフトトークン（携帯電話またはスマートフォンのアプリに表示する方法）'),
      card('hard', 'ハードトークン（キーホルダー型の生成機に表示する方法）'),
      bar(button('戻る', () => go('#/otp'))));
  },
  '#/otp/new/hard': () => apply('hard'),
  '#/otp/new/soft': () => apply('soft'),
  '#/otp/begin': async () => {
    const form = await call('GET', 'forms/begin');
    menu(true);
    const name = software[form.kind], hard = form.kind === 'hard';
    const [first, serial] = inputs('シリアル番号', '半角数字8～12桁');
    const [second, code] = inputs('ワンタイムパスワード', '半角数字');
    draw('ワンタイムパスワード利用開始（' + name + '確認）', steps(name, 0),
      el('p', {}, hard ? 'トークンに記載されているシリアル番号とワンタイムパスワードを入力し、' +
        '「利用開始する」ボタンを押してください。'
        : 'アプリに表示されているワンタイムパスワードを入力し、' +
        '「利用開始する」ボタンを押してください。'),
      hard && el('h2', {}, 'シリアル番号の入力'), hard && first,
      el('h2', {}, 'ワンタイムパスワードの入力'), second,
      bar(button('申込を中止する', async () => {
        const sure = '入力した内容は登録されません。中止しますか。';
        if (await ask(sure, '中止する', '続ける')) go('#/otp');
      }), button('利用開始する', async () => {
        const given = {ticket: form.ticket, code: code.value};
        if (hard) given.serial = serial.value;
        try {
          const told = await call('POST', 'forms/begin', given);
          draw('ワンタイムパスワード利用開始（' + name + '完了）', steps(name, 1),
            el('p', {}, '以下の内容でワンタイムパスワード利用開始登録を完了いたしました。'),
            el('h2', {}, 'トークン情報'),
            hard && el('div', {className: 'pair'}, el('span', {}, 'シリアル番号'),
              el('strong', {}, told.serial)),
            el('div', {className: 'pair'}, el('span', {}, '有効期限'),
              el('strong', {}, told.until)),
            bar(button('ワンタイムパスワード申請内容選択へ', () => go('#/otp'))));
          history.replaceState(null, '', '#/otp/begin/done');
        } catch (trouble) { await refuse(trouble); }
      })), bar(button('戻る', () => go('#/otp'))));
  },
  '#/otp/end': async () => {
    const form = await call('GET', 'forms/end');
    menu(true);
    const [first, word] = inputs('確認用パスワード', '半角英数字8～12文字', 'password');
    const [second, code] = inputs('ワンタイムパスワード', '半角数字');
    draw('ワンタイムパスワード利用解除（利用解除確認）',
      el('h2', {}, '確認用パスワードの入力'), first,
      button('ソフトウェアキーボードを使用して入力する', () => keys(word)),
      form.in_service && el('h2', {}, 'ワンタイムパスワードの入力'), form.in_service && second,
      bar(button('戻る', () => go('#/otp')), button('解除する', async () => {
        if (!await ask('解除したトークンは、再びご利用いただけません。解除しますか。',
          'はい、解除します', 'いいえ')) return;
        const given = {ticket: form.ticket, confirmation: word.value};
        if (form.in_service) given.code = code.value;
        try {
          await call('POST', 'forms/end', given);
          draw('ワンタイムパスワード利用解除（利用解除完了）',
            el('p', {}, 'ワンタイムパスワード利用解除の登録を受け付けました。'),
            bar(button('トップページへ', () => go('#/home'))));
          history.replaceState(null, '', '#/otp/end/done');
        } catch (trouble) { code.value = ''; await refuse(trouble); }
      })));
  },
};
const steps = (name, at) => {
  const list = el('ol', {className: 'steps'});
  [name + '確認', name + '完了'].forEach((text, place) => {
    const item = el('li', {}, text);
    if (place === at) item.setAttribute('aria-current', 'step');
    list.append(item);
  });
  return list;
};
const apply = async (kind) => {
  const form = await call('GET', 'forms/' + kind);
  menu(true);
  const name = software[kind];
  const [row, word] = inputs('確認用パスワード', '半角英数字8～12文字', 'password');
  draw('トークン発行（' + name + '発行確認）', el('h2', {}, '注意事項'),
    el('p', {}, kind === 'hard' ? 'ハードトークンは、ご登録の住所へお送りします。'
      : '次の画面に表示される鍵を、アプリにご登録ください。鍵は一度しか表示されません。'),
    el('h2', {}, '確認用パスワードの入力'), row,
    bar(button('戻る', () => go('#/otp/new')), button('トークンを発行する', async () => {
      if (!await ask(name + 'の発行を申し込みます。よろしいですか。', '申し込む', 'やめる')) return;
      try {
        const told = await call('POST', 'forms/' + kind,
          {ticket: form.ticket, confirmation: word.value});
        draw('トークン発行（' + name + '発行完了）',
          el('p', {}, name + 'の発行申請を受け付けました。'),
          kind === 'hard' ? el('p', {}, 'ご登録の住所へハードトークンをお送りします。' +
            'お手元に届きましたら、ワンタイムパスワード利用開始登録を行ってください。')
            : el('div', {className: 'pair'}, el('span', {}, 'アプリに登録する鍵'),
              el('strong', {}, told.key)),
          bar(button('ワンタイムパスワード申請内容選択へ', () => go('#/otp'))));
        history.replaceState(null, '', '#/otp/new/done');
      } catch (trouble) { await refuse(trouble); }
    })));
};
const keys = (into) => new Promise((done) => {
  const veil = el('div', {className: 'veil'});
  const box = el('div', {className: 'box keys'}, el('p', {}, 'ソフトウェアキーボード'));
  box.setAttribute('role', 'dialog');
  for (const key of '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ') {
    box.append(button(key, () => { into.value += key; }));
  }
  box.append(el('div', {}, button('入力完了', () => { veil.remove(); done(); })));
  veil.append(box);
  document.body.append(veil);
});
const show = async () => {
  const mine = ++looks;
  for (const left of document.querySelectorAll('.veil, dialog')) left.remove();
  screen.replaceChildren(el('p', {}, '読み込んでいます…'));
  await wait(120);
  if (mine !== looks) return;
  const hash = location.hash || '#/in';
  try {
    if (views[hash]) await views[hash](); else go(hash.startsWith('#/otp') ? '#/otp' : '#/in');
  } catch (trouble) {
    if (mine === looks) await refuse(trouble, '#/otp');
  }
};
addEventListener('hashchange', show);
show();
"""
)

DESK_SCRIPT = (
    COMMON
    + r"""
const call = async (name, body) => {
  const answer = await fetch('/kakari/api/' + name, {method: 'POST',
    headers: {'X-Kakari': '1', 'Content-Type': 'application/json'},
    body: JSON.stringify(body || {})});
  const told = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(told.message), {status: answer.status});
  return told;
};
const enter = () => {
  const who = el('input', {type: 'text', placeholder: '係員番号'});
  const word = el('input', {type: 'password', placeholder: '合言葉'});
  draw('係員の入口', el('p', {}, who), el('p', {}, word), button('入る', async () => {
    try {
      await call('enter', {clerk: who.value, password: word.value});
      list();
    } catch (trouble) { await say(trouble.message); }
  }));
};
const list = async () => {
  let told;
  try { told = await call('people'); } catch { enter(); return; }
  const rows = el('tbody');
  const search = el('input', {type: 'search'});
  search.setAttribute('aria-label', 'お客さまコードで絞り込み');
  const fill = () => rows.replaceChildren(...told.people
    .filter((person) => person.code.includes(search.value)).slice(0, 15)
    .map((person) => el('tr', {}, el('td', {}, person.code), el('td', {}, person.name),
      el('td', {}, person.status), el('td', {}, button('開く', () => card(person.code))))));
  search.addEventListener('input', fill);
  fill();
  draw('お客さまの一覧', el('p', {}, search), el('table', {},
    el('thead', {}, el('tr', {}, ...['お客さまコード', 'お名前', '状況', '']
      .map((text) => el('th', {}, text)))), rows));
};
const prompt2 = (title, caption, yes) => new Promise((done) => {
  const input = el('input', {type: 'text', id: 'asked'});
  const veil = el('div', {className: 'veil'});
  const end = (text) => { veil.remove(); done(text); };
  const box = el('div', {className: 'box'}, el('h2', {}, title),
    el('label', {htmlFor: 'asked'}, caption), el('p', {}, input),
    button('とりやめ', () => end(null)), button(yes, () => end(input.value)));
  box.setAttribute('role', 'dialog');
  veil.append(box);
  document.body.append(veil);
});
const card = async (code) => {
  const told = await call('show', {code});
  const pair = (name, text) => el('div', {className: 'pair'}, el('span', {}, name),
    el('strong', {}, text));
  const verb = (text, name, title, caption, yes, member) => button(text, async () => {
    const typed = await prompt2(title, caption, yes);
    if (typed === null) return;
    try {
      const done = await call(name, {code, [member]: typed});
      await card(code);
      screen.prepend(el('p', {}, done.told));
    } catch (trouble) { await say(trouble.message); }
  });
  draw('お客さまの記録', pair('お客さまコード', told.code), pair('お名前', told.name),
    pair('住所', told.address), pair('状況', told.status), el('h2', {}, 'お申し込み'),
    told.orders.length ? el('table', {id: 'orders'}, el('thead', {}, el('tr', {},
      ...['番号', 'トークン', '送り先', 'シリアル番号', '進み具合']
        .map((text) => el('th', {}, text)))), el('tbody', {}, ...told.orders.map((order) =>
      el('tr', {}, ...order.map((text) => el('td', {}, text))))))
      : el('p', {}, 'お申し込みはまだありません。'),
    bar(verb('発送を記録', 'send', '発送の記録', 'シリアル番号', '記録する', 'serial'),
      verb('停止を解除', 'lift', '停止の解除', '確認した内容', '解除を確定', 'note'),
      verb('トークンを無効に', 'revoke', 'トークンの無効化', '事由', '無効にする', 'note')),
    bar(button('一覧へ', list)));
};
const show = () => list();
addEventListener('hashchange', show);
show();
"""
)


def page(script: str, title: str) -> str:
    """Return the only document there is."""
    return (
        '<!DOCTYPE html><html lang="ja"><head><meta charset="utf-8">'
        f'<title>{title}</title><link rel="stylesheet" href="/style.css"></head>'
        '<body><header id="head"></header><main id="screen"></main>'
        f'<script src="/{script}" defer></script></body></html>'
    )
