// Two chats as the documentations of `ws` and of socket.io teach them: node server.js ws|socket.io PORT
//
//   socket /room/N (ws), /socket.io/?room=N    hears what is said in room N
//   socket /control                            "N text" is sent to all of room N
//   POST /rooms/N/messages/                    a form with body and client_id: one INSERT, 201, then to all of room N
"use strict";

const http = require("node:http");
const { Pool } = require("pg");
const { Server } = require("socket.io");
const { WebSocket, WebSocketServer } = require("ws");

const [kind, port] = process.argv.slice(2);
const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const INSERT = "INSERT INTO peer_message (room, client_id, body) VALUES ($1, $2, $3) RETURNING id";

async function text(request) {
    const parts = [];
    for await (const part of request) {
        parts.push(part);
    }
    return Buffer.concat(parts).toString();
}

async function say(room, form) {
    const body = form.get("body");
    const { rows } = await pool.query({ name: "say", text: INSERT, values: [room, form.get("client_id"), body] });
    return { tag: `room:${room}`, version: String(rows[0].id), content: body };
}

const server = http.createServer(async (request, response) => {
    const [, room] = /^\/rooms\/(\d+)\/messages\/$/.exec(request.url) ?? [];
    if (request.method !== "POST" || !room) {
        response.writeHead(404).end();
        return;
    }
    try {
        const said = await say(room, new URLSearchParams(await text(request)));
        const answer = JSON.stringify(said);
        response.writeHead(201, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(answer) });
        response.end(answer);
        broadcast(room, said);
    } catch (error) {
        console.error(error);
        response.writeHead(500, { "Content-Length": 0 }).end();
    }
});

const control = new WebSocketServer({ noServer: true });
control.on("connection", (socket) =>
    socket.on("message", (data) => {
        const said = data.toString();
        const end = said.indexOf(" ");
        broadcast(said.slice(0, end), JSON.parse(said.slice(end + 1)));
    }),
);

const upgrades = new Map([["/control", control]]);
let broadcast;
if (kind === "socket.io") {
    // The browsers are asked nothing for an hour, as those of the other servers.
    const io = new Server(server, { transports: ["websocket"], pingInterval: 3_600_000, destroyUpgrade: false });
    io.on("connection", (socket) => socket.join(socket.handshake.query.room));
    broadcast = (room, said) => io.to(room).emit("frame", said);
} else {
    const rooms = new Map();
    const sockets = new WebSocketServer({ noServer: true });
    sockets.on("connection", (socket, request) => {
        const room = request.url.split("/").pop();
        const there = rooms.get(room) ?? new Set();
        rooms.set(room, there.add(socket));
        socket.on("error", console.error);
        socket.on("close", () => there.delete(socket));
    });
    upgrades.set("/room", sockets);
    broadcast = (room, said) => {
        const frame = JSON.stringify(said);
        for (const socket of rooms.get(room) ?? []) {
            if (socket.readyState === WebSocket.OPEN) {
                socket.send(frame);
            }
        }
    };
}

server.on("upgrade", (request, socket, head) => {
    const upgrade = upgrades.get(`/${request.url.split("/")[1]}`);
    upgrade?.handleUpgrade(request, socket, head, (opened) => upgrade.emit("connection", opened, request));
});
server.listen({ port: Number(port), host: "127.0.0.1", backlog: 4096 });
