/** The sequence diagram in a browser: no text covers another, and none is cut where there is room. */

import assert from 'node:assert/strict';
import { overlap, shapeOf } from '../../src/webview/boxes.js';
import { example, running } from '../views/running.js';
import { chain, labels, useBrowser } from './diagram.js';
import type { OpenPage } from './page.js';

describe('the texts of the sequence diagram in a browser', function () {
  this.timeout(60_000);
  const { show } = useBrowser();

  it('says less along arrows that leave close to each other, and all of it to whoever points at one', async () => {
    const source = running(`host client 10.0.0.1 { isn 1000000000 }
host server 10.0.0.2 { isn 2000000000 }
scenario "at once" {
  server: listen 80
  client: connect server:80
  expect server ESTABLISHED
  client: send "one"
  client: send "two"
  server: send "three"
  server: send "four"
  wait 1s
}
`);
    const one = await show(source, { width: 521, height: 1200 });
    const texts = await one.page.$$eval('g.item.arrow', (groups) =>
      groups.map((group) =>
        [...group.querySelectorAll('text tspan')].map(({ textContent }) => textContent).join(' '),
      ),
    );
    assert.deepEqual(texts.slice(3, 7), [
      'PSH,ACK len=3',
      'PSH,ACK seq=1000000004 ack=2000000001 len=3', // below it there is room
      'PSH,ACK len=5',
      'PSH,ACK len=4',
    ]);
    assert.match(texts[1] ?? '', /^SYN,ACK seq=2000000000 ack=1000000001$/, 'alone it says all');
    const sentences = (await labels(one)).filter((label) => label.includes('PSH'));
    assert.equal(sentences.length, 4);
    assert.ok(sentences.every((sentence) => /sequence number \d{10}/.test(sentence)));
  });

  /** The texts of the figure as they are drawn, and the corners of what each covers. */
  const boxes = (one: OpenPage) =>
    one.page.$$eval('g.item text', (texts) =>
      texts.flatMap((text) => {
        const element = text as SVGTextElement;
        const matrix = element.getCTM();
        return [...element.querySelectorAll('tspan'), element]
          .filter(({ children }) => children.length === 0)
          .map((part) => {
            const box = (part as SVGTSpanElement).getBBox();
            const corners = [
              [box.x + 1, box.y + 3],
              [box.x + box.width - 1, box.y + 3],
              [box.x + box.width - 1, box.y + box.height - 3],
              [box.x + 1, box.y + box.height - 3],
            ].map(([x = 0, y = 0]) => {
              const { x: left = 0, y: top = 0 } = new DOMPoint(x, y).matrixTransform(
                matrix ?? undefined,
              );
              return { x: left, y: top };
            });
            return { text: part.textContent ?? '', corners };
          });
      }),
    );

  /** Which texts cover each other. */
  async function covered(one: OpenPage): Promise<readonly string[]> {
    const shapes = (await boxes(one)).map(({ text, corners }) => ({
      text,
      shape: shapeOf(corners),
    }));
    assert.ok(shapes.length > 5);
    return shapes.flatMap((a, i) =>
      shapes
        .slice(i + 1)
        .filter((b) => overlap(a.shape, b.shape))
        .map((b) => `${a.text} / ${b.text}`),
    );
  }

  const CROWD = `host client 10.0.0.1 { isn 100 }
host server 10.0.0.2 { isn 300 }
link client -- server { delay 10ms }
server: listen 80
drop client -> server SYN
client: connect server:80
expect client ESTABLISHED
delay client -> server ACK data="one" by 25ms
duplicate client -> server ACK data="two"
drop client -> server ACK data="three"
hold client -> server ACK data="four" as h
client: send "one"
wait 1ms
client: send "two"
wait 4ms
client: send "three"
client: send "four"
wait 100ms
release h
client: connect server:80
wait 5ms
set client -> server SYN with seq=500 win=17 mss=900
wait 3s
`;

  for (const width of [520, 700, 900]) {
    it(`lets no text cover another where much is under way, ${width} px wide`, async () => {
      const one = await show(running(CROWD), { width, height: 3000 });
      assert.deepEqual(await covered(one), []);
    });
  }

  it('leaves what is unusual to the lines where remarks would cover what stands beside them', async () => {
    const source = running(`host client { isn 100 }
host near { isn 200 }
host far { isn 300 }
link client -- near { delay 40ms }
near: listen 80
far: listen 80
client: connect near:80 as one
expect client.one ESTABLISHED
client: connect far:80 as two
expect client.two ESTABLISHED
cut client -- near
cut client -- far
client.one: send "x"
client.two: send "lost"
wait 1500ms
mend client -- near
wait 3s
`);
    for (const width of [520, 900]) {
      const one = await show(source, { width, height: 3000 });
      assert.deepEqual(await covered(one), [], `${width} px`);
      await one.page.locator('text', { hasText: 'retransmission, lost' }).first().waitFor();
    }
  });

  for (const file of ['lost-syn', 'lost-fin', 'simultaneous-open', 'handshake', 'reset-attack']) {
    it(`lets no text cover another in ${file}, at any width`, async () => {
      for (const width of [320, 380, 520, 900, 1_000]) {
        const one = await show(example(`${file}.tcpflow`), { width, height: 3000 });
        assert.deepEqual(await covered(one), [], `${width} px`);
      }
    });
  }

  it('has room for three hosts where the panel shares the window with the script', async () => {
    const one = await show(chain(['alice', 'bob', 'carol']), { width: 520, height: 3000 });
    const [whole, room] = await one.page.$eval('.area', (area) => [
      area.scrollWidth,
      area.clientWidth,
    ]);
    assert.equal(whole, room);
    assert.deepEqual(await covered(one), []);
  });

  it('the usual calls are not cut, and long texts only where there is no room', async () => {
    for (const width of [480, 520, 900]) {
      const one = await show(example('handshake.tcpflow'), { width, height: 2_000 });
      const texts = await one.page.locator('g.mark .text').allTextContents();
      for (const text of ['connect server:80', 'listen 80', '“connection closing”']) {
        assert.ok(texts.includes(text), `${text}: ${texts.join(' | ')}`);
      }
      const out = await one.page.$$eval(
        'g.mark .text',
        (all) => all.filter((e) => e.getBoundingClientRect().right > innerWidth + 1).length,
      );
      assert.equal(out, 0);
    }
  });

  it('writes a long text beside a lane on two lines, or a shorter word for it', async () => {
    const texts = async (statement: string) => {
      const source = running(`host client { isn 100, syn-retries 1 }
host server
drop client -> server SYN
${statement}
wait 10s
`);
      const one = await show(source, { width: 520, height: 3000 });
      return one.page.$$eval('g.mark', (groups) =>
        groups.map((group) => [...group.querySelectorAll('text')].map((t) => t.textContent)),
      );
    };
    const retried = await texts('client: connect server:80');
    assert.deepEqual(retried[1], ['retransmission', 'timeout']);
    const long = await texts('client: connect server:80 from 12345 as a_long_name');
    assert.equal(long[0]?.length, 1, 'a state stands right below it');
    assert.match(long[0]?.[0] ?? '', /^connect server:8.*…$/);
  });

  it('long names and addresses at the heads stand clear of each other and of the time axis, and scroll nothing', async () => {
    const address = '2001:db8:1234:5678:9abc:def0:1234:';
    const hosts = ['a_client_with_a_long_name', 'the_server_of_the_computer_science_department'];
    for (const names of [hosts, [...hosts, 'between', 'the_last_of_all_the_hosts']]) {
      const source = running(`${names.map((name, i) => `host ${name} ${address}${i}`).join('\n')}
${names[0]}: connect ${names[1]}:80
wait 50ms
`);
      for (const width of [520, 900]) {
        const one = await show(source, { width });
        const edges = await one.page.$$eval('.axis-head, .head', (all) =>
          all
            .map((head) => head.getBoundingClientRect())
            .flatMap(({ left, right }) => [left, right]),
        );
        const inOrder = edges.every((edge, i) => i === 0 || edge > (edges[i - 1] ?? 0));
        assert.ok(inOrder, `${width} px: ${edges.map(Math.round)}`);
        const beyond = await one.page.$eval(
          '.area',
          (area) =>
            area.scrollWidth -
            Math.max(area.clientWidth, area.querySelector('svg')?.width.baseVal.value ?? 0),
        );
        assert.equal(beyond, 0, `${width} px`);
      }
    }
  });
});
