from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('referrals', '0005_unfinished_screen_as_sent'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalreferral',
            name='record_facts',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='referral',
            name='record_facts',
            field=models.JSONField(default=dict),
        ),
    ]
