from django.db import migrations, models

from accounts.search import plain

BATCH = 1000


def fill(apps, schema_editor):
    """In the order of the key, a batch in memory at a time."""
    User = apps.get_model('accounts', 'User')
    people = User.objects.using(schema_editor.connection.alias)
    last = 0
    while batch := list(people.filter(pk__gt=last).only('name').order_by('pk')[:BATCH]):
        for person in batch:
            person.plain_name = plain(person.name)
        people.bulk_update(batch, ['plain_name'], batch_size=BATCH // 4)
        last = batch[-1].pk


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_hidden_since'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='plain_name',
            field=models.TextField(blank=True, default='', editable=False, help_text='the name as it is found; see search'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
