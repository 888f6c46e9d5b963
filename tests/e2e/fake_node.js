// fake_node.js HOW [FILE]: what might stand at garitad.sock in the current folder in place of a node:
//   say FILE   says what the file holds by then, and closes
//   silent     says nothing
//   drip       says a blank every 100 ms
//   endless    says blanks without end
//   half FILE  says what the file holds, and does not close
// Says "ready" when it listens. Ends with its standard input.
const net = require("net"), fs = require("fs");
const [how, file] = process.argv.slice(2);
const text = () => fs.readFileSync(file);
const server = net.createServer((socket) => {
  socket.on("error", () => {});
  if (how === "say") socket.end(text());
  if (how === "half") socket.write(text());
  if (how === "drip") {
    const timer = setInterval(() => socket.write(" "), 100);
    socket.on("close", () => clearInterval(timer));
  }
  if (how === "endless") {
    const more = () => { while (!socket.destroyed && socket.write(Buffer.alloc(65536, 32))); };
    socket.on("drain", more);
    more();
  }
});
server.listen("garitad.sock", () => console.log("ready"));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
