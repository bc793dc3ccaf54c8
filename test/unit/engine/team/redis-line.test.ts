import { expect, test } from "vitest";
import { toRedisSentence } from "../../../../src-main/engine/team/redis-line.ts";
import { findTeamAddressProblem } from "../../../../src-shared/domain/team.ts";

const withCode = (code: string): Error => Object.assign(new Error("s3cret-password"), { code });

test("what keeps Redis from being used is told in plain words, by its code alone", () => {
  expect(toRedisSentence(withCode("ECONNREFUSED"))).toBe("nothing listens at its address");
  expect(toRedisSentence(new AggregateError([withCode("ECONNREFUSED")], "all failed"))).toBe(
    "nothing listens at its address",
  );
  expect(toRedisSentence(new Error("WRONGPASS invalid username-password pair"))).toContain("refuses");
  expect(toRedisSentence(new Error("NOPERM this user has no permissions"))).toContain("EVALSHA");
  expect(toRedisSentence(new Error("OOM command not allowed"))).toBe("its memory is full");
  expect(toRedisSentence(new Error("READONLY You can't write"))).toContain("a copy");
  expect(toRedisSentence(new Error("MOVED 1234 10.0.0.1:6379"))).toContain("cluster");
  expect(toRedisSentence(withCode("CERT_HAS_EXPIRED"))).toContain("expired");
  expect(toRedisSentence(new Error("Socket closed unexpectedly"))).toBe("it closed the connection");
});

test("whatever else it says is not repeated", () => {
  for (const odd of [withCode("EODD"), new Error("ERR Error running script s3cret-password"), "s3cret-password"])
    expect(toRedisSentence(odd)).not.toContain("s3cret");
});

test("an address of a Redis has a scheme, a host, perhaps a port, a user and a database, and never a password", () => {
  for (const good of [
    "redis://localhost",
    "redis://192.0.2.1:6380/3",
    "rediss://callledger@redis.example.com:6380/1",
    "redis://[::1]:6379",
  ])
    expect(findTeamAddressProblem(good)).toBeNull();
  expect(findTeamAddressProblem("http://localhost")).toContain("redis://");
  expect(findTeamAddressProblem("redis://")).toContain("cannot be read");
  expect(findTeamAddressProblem("redis://host/x")).toContain("cannot be read");
  for (const open of ["redis://user:s3cret@host", "redis://:s3cret@host:1"]) {
    expect(findTeamAddressProblem(open)).toContain("Leave the password out");
    expect(findTeamAddressProblem(open)).not.toContain("s3cret");
  }
});
