using Npgsql;
using NpgsqlTypes;

namespace Darkroom.Storage.Postgres;

/// <summary>Small helps for positional parameters.</summary>
internal static class Commands
{
    public static NpgsqlCommand With<T>(this NpgsqlCommand command, T value)
    {
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        return command;
    }

    public static NpgsqlCommand WithNullable(this NpgsqlCommand command, NpgsqlDbType type, object? value)
    {
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value ?? DBNull.Value });
        return command;
    }

    public static NpgsqlCommand WithJson(this NpgsqlCommand command, string json) => command.WithNullable(NpgsqlDbType.Jsonb, json);
}
