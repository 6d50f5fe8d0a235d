using System.Buffers;
using System.Text;
using Quorate.Server.Import;

namespace Quorate.Server.Tests.Import;

public sealed class ImportReaderTests
{
    [Fact]
    public async Task Key_value_lines_are_a_key_a_tab_and_a_value()
    {
        List<ImportRecord> records = await ReadAsync("a\t1\nb\ttwo words\n");

        records.Select(Text).ShouldBe([("a", "1"), ("b", "two words")]);
    }

    [Fact]
    public async Task Escapes_carry_tabs_and_line_ends()
    {
        List<ImportRecord> records = await ReadAsync("a\\tb\tline 1\\nline 2\\\\\\r\n");

        Text(records.ShouldHaveSingleItem()).ShouldBe(("a\tb", "line 1\nline 2\\\r"));
    }

    [Fact]
    public async Task Json_lines_are_told_by_their_first_byte_and_may_hold_any_bytes_as_base64()
    {
        List<ImportRecord> records = await ReadAsync("\n{\"key\":\"a\",\"value\":\"x\\ny\"}\r\n{\"value_base64\":\"/wA=\",\"key\":\"b\"}");

        Text(records[0]).ShouldBe(("a", "x\ny"));
        records[1].Value.ShouldBe([0xff, 0x00]);
    }

    [Fact]
    public async Task Reading_goes_on_from_where_a_record_ended()
    {
        const string content = "a\t1\n\nb\t2\nc\t3";
        List<ImportRecord> all = await ReadAsync(content);

        (await ReadAsync(content, all[0].EndOffset)).Select(Text).ShouldBe([("b", "2"), ("c", "3")]);
        (await ReadAsync(content, all[1].EndOffset)).Select(Text).ShouldBe([("c", "3")]);
        (await ReadAsync(content, all[2].EndOffset)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Lines_longer_than_any_buffer_are_read_whole()
    {
        string value = new('v', 300_000);

        Text((await ReadAsync($"k\t{value}\nl\t1\n"))[0]).ShouldBe(("k", value));
    }

    [Theory]
    [InlineData("a\t1\nno tab here\n", "line 2 (byte 4)", "no tab")]
    [InlineData("\tvalue\n", "line 1 (byte 0)", "key is empty")]
    [InlineData("a\tb\\x\n", "line 1", "\\x is no escape")]
    [InlineData("a\tb\\", "line 1", "single backslash")]
    [InlineData("{\"key\":\"a\"}\n", "line 1", "no \"value\"")]
    [InlineData("{\"key\":\"a\",\"value\":1}\n", "line 1", "not a string")]
    [InlineData("{\"key\":\"a\",\"valeu\":\"1\"}\n", "line 1", "\"valeu\" is none of")]
    [InlineData("{\"key\":\"a\",\"value\":\"1\"} x\n", "line 1", "not valid JSON")]
    [InlineData("{\"key\":\"a\",\n", "line 1", "not valid JSON")]
    [InlineData("{\"key\":\"a\",\"value_base64\":\"%%\"}\n", "line 1", "cannot be read")]
    public async Task A_malformed_line_is_named_with_what_is_wrong(string content, string where, string what)
    {
        ImportException refused = await Should.ThrowAsync<ImportException>(() => ReadAsync(content));

        refused.Message.ShouldContain(where);
        refused.Message.ShouldContain(what);
    }

    [Fact]
    public async Task What_export_writes_import_reads()
    {
        (byte[] Key, byte[] Value)[] records = [([1], []), ("ä\t\n"u8.ToArray(), [0, 255, 254]), ("k"u8.ToArray(), "\\\r\n\t\"<>"u8.ToArray())];
        foreach (ImportFormat format in (ImportFormat[])[ImportFormat.JsonLines, ImportFormat.KeyValueLines])
        {
            var file = new ArrayBufferWriter<byte>();
            foreach ((byte[] key, byte[] value) in records)
            {
                if (format == ImportFormat.JsonLines)
                {
                    RecordLine.WriteJson(file, key, value);
                }
                else
                {
                    RecordLine.WriteKeyValue(file, key, value);
                }
            }

            int i = 0;
            await foreach (ImportRecord record in ImportReader.ReadAsync(new MemoryStream(file.WrittenSpan.ToArray()), format, 0))
            {
                record.Key.ShouldBe(records[i].Key);
                record.Value.ShouldBe(records[i++].Value);
            }

            i.ShouldBe(records.Length);
        }
    }

    private static (string Key, string Value) Text(ImportRecord record) =>
        (Encoding.UTF8.GetString(record.Key), Encoding.UTF8.GetString(record.Value));

    private static async Task<List<ImportRecord>> ReadAsync(string content, long offset = 0)
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(content));
        ImportFormat format = ImportReader.Detect(file);
        List<ImportRecord> records = [];
        await foreach (ImportRecord record in ImportReader.ReadAsync(file, format, offset))
        {
            records.Add(record);
        }

        return records;
    }
}
