// Markdown of messages as a tree: what is understood, what is left as it was, and that no text is slow or deep.

import { is, ok, scenario } from '../lib/harness.mjs';
import { parseMarkdown } from '../../../htdocs/app/text/markdown.js';
import { beginningOf, gifUrl, isEmojiOnly, shortened } from '../../../htdocs/app/text/message-text.js';

/** The tree in brackets: "<b>bold</b>" for what is bold. */
const TAGS = { bold: 'b', italic: 'i', strike: 's' };
const inline = (nodes) => nodes.map((node) => {
    if (typeof node === 'string') return node;
    if (node.type === 'break') return '<br>';
    if (node.type === 'code') return `<code>${node.text}</code>`;
    if (node.type === 'link') return `<a ${node.url}>${inline(node.children)}</a>`;
    return `<${TAGS[node.type]}>${inline(node.children)}</${TAGS[node.type]}>`;
}).join('');
const blocks = (list) => list.map((block) => {
    if (block.type === 'paragraph') return `<p>${inline(block.children)}</p>`;
    if (block.type === 'code') return `<pre ${block.language}>${block.text}</pre>`;
    if (block.type === 'quote') return `<q>${blocks(block.children)}</q>`;
    const items = block.items.map((item) => `<li>${blocks(item)}</li>`).join('');
    return block.start === null ? `<ul>${items}</ul>` : `<ol ${block.start}>${items}</ol>`;
}).join('');
const shown = (text) => blocks(parseMarkdown(text));

const INLINE = [
    ['plain & <b>text</b>', 'plain & <b>text</b>'],
    ['**bold**', '<b>bold</b>'],
    ['in**si**de', 'in<b>si</b>de'],
    ['*it* and _it_', '<i>it</i> and <i>it</i>'],
    ['***both***', '<b><i>both</i></b>'],
    ['**bold *and italic***', '<b>bold <i>and italic</i></b>'],
    ['~~gone~~', '<s>gone</s>'],
    ['snake_case_name and 2*3*4 and 2 * 3 * 4', 'snake_case_name and 2*3*4 and 2 * 3 * 4'],
    ['/usr/_lib_/x and \\_(x)_/', '/usr/_lib_/x and \\_(x)_/'],
    ['** not ** and * not *', '** not ** and * not *'],
    ['**open', '**open'],
    ['**a *b** c*', '<b>a *b</b> c*'],
    ['**** and ____ and ~', '**** and ____ and ~'],
    ['`**code**`', '<code>**code**</code>'],
    ['``a ` b``', '<code>a ` b</code>'],
    ['`` ` ``', '<code>`</code>'],
    ['`open', '`open'],
    ['one\ntwo', 'one<br>two'],
    ['one\r\ntwo\rthree', 'one<br>two<br>three'],
];

const LINKS = [
    ['https://a.example/b_c_d', '<a https://a.example/b_c_d>https://a.example/b_c_d</a>'],
    ['see https://a.example/x.', 'see <a https://a.example/x>https://a.example/x</a>.'],
    ['(https://a.example/x_(y))', '(<a https://a.example/x_(y)>https://a.example/x_(y)</a>)'],
    ['**https://a.example/**', '<b><a https://a.example/>https://a.example/</a></b>'],
    ['HTTP://A.example', '<a http://a.example/>HTTP://A.example</a>'],
    ['xhttps://a.example', 'xhttps://a.example'],
    ['[text](https://a.example/x)', '<a https://a.example/x>text</a>'],
    ['[**bold**](mailto:a@b.example)', '<a mailto:a@b.example><b>bold</b></a>'],
    ['[a] [b](http://c.example)', '[a] <a http://c.example/>b</a>'],
    ['[text](javascript:alert(1))', '[text](javascript:alert(1))'],
    ['[text](JaVaScRiPt://x%0aalert(1))', '[text](JaVaScRiPt://x%0aalert(1))'],
    ['[text](data:text/html,x)', '[text](data:text/html,x)'],
    ['[text](/chat/ui)', '[text](/chat/ui)'],
    ['[text](//a.example)', '[text](//a.example)'],
    ['[text](https://user:word@a.example)', '[text](https://user:word@a.example)'],
    ['[](https://a.example/)', '[](<a https://a.example/>https://a.example/</a>)'],
    ['[https://bank.example](https://evil.example)',
        '[<a https://bank.example/>https://bank.example</a>](<a https://evil.example/>https://evil.example</a>)'],
    ['https://', 'https://'],
    ['https://[', 'https://['],
];

const BLOCKS = [
    ['one\n\n\ntwo', '<p>one</p><p>two</p>'],
    ['- a\n- b', '<ul><li><p>a</p></li><li><p>b</p></li></ul>'],
    ['- a\n  - b\n  more\n- c', '<ul><li><p>a</p><ul><li><p>b</p></li></ul><p>more</p></li><li><p>c</p></li></ul>'],
    ['3. a\n4. b', '<ol 3><li><p>a</p></li><li><p>b</p></li></ol>'],
    ['- a\n1. b', '<ul><li><p>a</p></li></ul><ol 1><li><p>b</p></li></ol>'],
    ['text\n- a', '<p>text</p><ul><li><p>a</p></li></ul>'],
    ['-not\n1.not\n12345. not', '<p>-not<br>1.not<br>12345. not</p>'],
    ['> a\n> b\nc', '<q><p>a<br>b</p></q><p>c</p>'],
    ['> > a\n> - b', '<q><q><p>a</p></q><ul><li><p>b</p></li></ul></q>'],
    ['```js\n\tlet **a**;\n\n```\nafter', '<pre js>\tlet **a**;\n</pre><p>after</p>'],
    ['```\nopen\n- to the end', '<pre >open\n- to the end</pre>'],
];

const HOSTILE = [
    '*', '**a', '*a ', '_', '_a*', '~~', '**a*b~~', '***a', '*a **b ', '`', '`` ` ', '`a``b', '[', ']', '[a', '](',
    '](a', '[](a(b)', '[](a', '[a](http://b', '[[a]', 'a*]', '[x *y ](http://a.example)', '[http://a.example]', '>',
    '> ', '>\n', '> - ', '- ', '- > ', '- a\n', '  - a\n', '1. ', '1. a\n', '```\n', '```a\n', 'http://', 'http://a ',
    'http://a)', '(http://a', '((((', ')', '\n', '\t', ' ', '\u0000', '@a', '@', '\ud83d',
];
const LENGTH = 65536;

const depth = (node) => 1 + Math.max(0, ...[...(node.children ?? []), ...(node.items ?? []).flat()].map((inner) => (
    typeof inner === 'string' ? 0 : depth(inner))));

/** All text of a tree: nothing may get lost of what has no meaning. */
function hostile() {
    for (const unit of HOSTILE) {
        const tree = parseMarkdown(unit.repeat(LENGTH / unit.length));
        ok(tree.every((block) => depth(block) <= 30), `64 KiB of ${JSON.stringify(unit)}: the tree is not deep`);
    }
    // linear: ten times the text takes nowhere near a hundred times the steps; what is quadratic takes minutes for this
    // much
    for (const unit of ['*', '[', '>', '`` ` ', '[](a(b)', '**a *b ', '- > ']) {
        ok(parseMarkdown(unit.repeat(1_000_000 / unit.length)).length > 0,
            `1 MB of ${JSON.stringify(unit)} come to an end`);
    }
    is(shown('*'.repeat(60000)), `<p>${'*'.repeat(60000)}</p>`, 'what has no meaning stays as it was');
    is(shown('['.repeat(60000)), `<p>${'['.repeat(60000)}</p>`, 'brackets, too');
}

const GIFS = [
    ['[gif:https://media.example/a.gif]', 'https://media.example/a.gif'],
    [' [gif:https://media.example/a.gif?b=1&c=2]\n', 'https://media.example/a.gif?b=1&c=2'],
    ['[gif:http://media.example/a.gif]', null],
    ['[gif:javascript:alert(1)]', null],
    ['[gif:data:image/gif;base64,AA]', null],
    ['[gif:https://]', null],
    ['[gif:https://user:word@media.example/a]', null],
    ['[gif:https://media.example/a b]', null],
    ['[gif:https://media.example/a]]', null],
    ['look: [gif:https://media.example/a.gif]', null],
    ['[gif:https://media.example/"><img onerror=alert(1)>]', null],
];

function messageText() {
    for (const [body, url] of GIFS) is(gifUrl(body), url, `a GIF? ${JSON.stringify(body)}`);
    is(gifUrl('[gif:https://media.example/"><img/onerror=1>]'), 'https://media.example/%22%3E%3Cimg/onerror=1%3E',
        'what is no part of an address is written as browsers write it');
    is(['😀', ' 👍🏽 👩‍👩‍👧 ', '🇩🇪', '❤️'].map(isEmojiOnly), [true, true, true, true], 'a few emoji');
    is(['', 'a 😀', '12', '😀'.repeat(7), '#'].map(isEmojiOnly), [false, false, false, false, false],
        'no, too many, or none');
    const lines = Array.from({ length: 30 }, (_, number) => `line ${number}`);
    is(beginningOf(lines.slice(0, 20).join('\n')), null, '20 lines are not too long');
    is(beginningOf(lines.join('\n')), lines.slice(0, 20).join('\n'), '30 are: the first 20');
    is(beginningOf('x'.repeat(2000)), null, '2000 characters are not');
    is(beginningOf('x'.repeat(1999) + '😀😀'), 'x'.repeat(1999), 'more are; no character is cut in two');
    is(shortened('  a\n b  c', 10), 'a b c', 'on one line');
    is(shortened('x'.repeat(20), 10), `${'x'.repeat(10)}…`, 'shortened');
}

scenario(async () => {
    for (const [text, expected] of INLINE) is(shown(text), `<p>${expected}</p>`, JSON.stringify(text));
    for (const [text, expected] of LINKS) is(shown(text), `<p>${expected}</p>`, JSON.stringify(text));
    for (const [text, expected] of BLOCKS) is(shown(text), expected, JSON.stringify(text));
    is(parseMarkdown('```"><img src=x>\nx').some((block) => block.type === 'code'), false,
        'a fence is followed by a plain word, or nothing');
    hostile();
    messageText();
});
